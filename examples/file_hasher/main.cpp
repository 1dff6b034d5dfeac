// file_hasher: prints what cksum(1) prints, of many files in parallel.
//
// hasher.cpp is the part to read first: it is where linux_aio is used.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "examples/file_hasher/hasher.hpp"
#include "examples/support/command_line.hpp"

namespace {

namespace aio = linux_aio;
using file_hasher::Hasher;
using file_hasher::Sum;
using file_hasher::Work;

constexpr const char* help = R"(Usage: file_hasher [OPTION]... FILE...

Prints the checksum, the size in bytes and the name of each FILE, as cksum(1)
does: the CRC-32 of POSIX. It finds accidents, not attackers.

Each thread has a context and buffers of its own, and eight files open, which it
reads past the page cache where that is possible. On a terminal, standard error
shows how far it is.

  --threads N  how many (default: the processors of the machine)
  -h, --help   show this help

Exit status: 0 if all is well, 1 if a file could not be read.
)";

void hash(Work& work) {
  auto context =
      support::value_or_die(aio::Context::create({.capacity = Hasher::most_requests}), "AIO");
  auto buffers = support::value_or_die(
      aio::BufferPool::create({.count = Hasher::most_requests, .size = Hasher::block_size}),
      "memory");
  Hasher(context, buffers, work).run();
}

void show_progress(const Work& work) {
  if (::isatty(STDERR_FILENO) == 0) return;
  while (work.done < work.paths.size()) {
    std::fprintf(stderr, "\r%zu of %zu files, %" PRIu64 " MiB\x1b[K", work.done.load(),
                 work.paths.size(), work.bytes.load() >> 20U);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  std::fputs("\r\x1b[K", stderr);
}

}  // namespace

int main(int argc, char** argv) {
  support::CommandLine arguments(argc, argv, "file_hasher", help);
  const std::size_t threads =
      arguments.number("--threads", std::max(1U, std::thread::hardware_concurrency()), 1024);
  const std::vector<std::string> paths = arguments.operands(1, SIZE_MAX);

  std::vector<Sum> sums(paths.size());
  Work work{.paths = paths, .sums = sums};
  std::vector<std::jthread> workers;
  for (std::size_t count = 0; count < std::min(threads, paths.size()); ++count) {
    workers.emplace_back([&work] { hash(work); });
  }
  show_progress(work);
  workers.clear();  // joins them

  int status = 0;
  for (std::size_t index = 0; index < paths.size(); ++index) {
    if (const Sum& sum = sums[index]) {
      std::printf("%" PRIu32 " %" PRIu64 " %s\n", sum->value(), sum->length(),
                  paths[index].c_str());
    } else {
      std::fprintf(stderr, "file_hasher: %s: %s\n", paths[index].c_str(), sum.error().c_str());
      status = 1;
    }
  }
  return status;
}
