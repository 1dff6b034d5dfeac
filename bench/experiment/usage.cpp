#include "bench/experiment/usage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "bench/common/fail.hpp"

namespace experiment {
namespace {

using bench::fail;

// The number behind `name` in a file of /proc. Without stdio, which would allocate.
std::size_t field(const char* path, std::string_view name) {
  std::array<char, 4096> text{};
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(path, errno);
  const ssize_t got = ::read(fd, text.data(), text.size());
  if (got < 0) fail(path, errno);
  ::close(fd);

  const std::string_view all(text.data(), static_cast<std::size_t>(got));
  const std::size_t found = all.find(name);
  if (found == std::string_view::npos) fail(std::string(path) + " has no " + std::string(name));
  const std::string_view behind = all.substr(found + name.size());
  const std::string_view digits =
      behind.substr(std::min(behind.find_first_not_of(" \t"), behind.size()));
  std::size_t number = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc()) {
    fail(std::string(path) + " has no number for " + std::string(name));
  }
  return number;
}

}  // namespace

Memory memory() {
  return {.resident = field("/proc/self/smaps_rollup", "\nRss:"),
          .written = field("/proc/self/smaps_rollup", "\nPrivate_Dirty:"),
          .virtual_peak = field("/proc/self/status", "\nVmPeak:")};
}

std::size_t threads() { return field("/proc/self/status", "\nThreads:"); }

}  // namespace experiment
