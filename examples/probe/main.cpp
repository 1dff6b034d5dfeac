// probe: can kernel AIO be used here, for which files, and if not, why not?

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "examples/callers_folder.hpp"

namespace {

namespace aio = linux_aio;

constexpr int success = 0;
constexpr int failure = 1;
constexpr int wrong_usage = 2;

const char* const help_text =
    R"(Usage: probe [OPTION]... [--] [FILE]...

Prints whether this process can use Linux kernel AIO on this machine, or what
forbids it; which requests and flags the kernel has; and for each FILE whether
reads and writes of it would be asynchronous, without O_DIRECT and with it.

  --write     open FILE for writing, too, to see what writes would do
  -h, --help  show this help

Not a byte of FILE is read or written. The kernel is tried with requests to a
memfd, a pipe and an eventfd of the program's own.

Under "bazel run" relative paths begin at the folder where bazel was called.

Exit status: 0 if AIO can be used and every FILE could be opened, 1 if not, 2 if
the command line is wrong.
)";

struct Options {
  std::vector<const char*> paths;
  bool write = false;
  bool help = false;
};

// false: standard error says what is wrong.
bool parse(std::span<const char* const> arguments, Options& options) {
  bool only_paths = false;
  for (const char* const argument : arguments) {
    const std::string_view word = argument;
    if (only_paths || word.size() < 2 || !word.starts_with('-')) {
      options.paths.push_back(argument);
    } else if (word == "--") {
      only_paths = true;
    } else if (word == "--write") {
      options.write = true;
    } else if (word == "--help" || word == "-h") {
      options.help = true;
      return true;
    } else {
      std::fprintf(stderr, "probe: unknown option '%s'\nTry --help.\n", argument);
      return false;
    }
  }
  return true;
}

bool print_kernel() {
  const auto kernel = aio::probe_kernel();
  if (!kernel) {
    std::fprintf(stderr, "probe: %s\n", kernel.error().message().c_str());
    return false;
  }
  std::fputs(aio::describe(*kernel).c_str(), stdout);
  return !kernel->obstacle();
}

// What a file without O_DIRECT is: whether it is worth another look with it.
enum class Shown : char { failed, no_disk, disk };

// A fifo or a terminal is opened without waiting for anybody, and then waits as others do.
Shown print_file(const char* path, int flags) {
  const int fd = ::open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) {
    std::printf("cannot be opened: %s\n", std::strerror(errno));
    return Shown::failed;
  }
  const aio::File file(fd);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  const auto found = aio::probe_file(file);
  if (!found) {
    std::printf("%s\n", found.error().message().c_str());
    return Shown::failed;
  }
  std::fputs(aio::describe(*found).c_str(), stdout);
  return found->kind == aio::FileKind::regular || found->kind == aio::FileKind::block_device
             ? Shown::disk
             : Shown::no_disk;
}

bool print_path(const char* path, bool write) {
  const int flags = write ? O_RDWR : O_RDONLY;
  std::printf("\n%s\n", path);
  const Shown shown = print_file(path, flags);
  if (shown == Shown::disk) {
    std::printf("\n%s, opened with O_DIRECT\n", path);
    static_cast<void>(print_file(path, flags | O_DIRECT));  // that it has none is an answer, too
  }
  return shown != Shown::failed;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
  Options options;
  if (!parse(arguments.subspan(arguments.empty() ? 0 : 1), options)) return wrong_usage;
  if (options.help) {
    std::fputs(help_text, stdout);
    return success;
  }
  if (!examples::enter_the_callers_folder("probe")) return failure;
  bool good = print_kernel();
  for (const char* const path : options.paths) good = print_path(path, options.write) && good;
  return good ? success : failure;
}
