#include "bench/common/usage.hpp"

#include <sys/resource.h>

#include <cerrno>

#include "bench/common/fail.hpp"

namespace bench {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

Usage usage() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) fail("getrusage", errno);
  return {.user = seconds(usage.ru_utime),
          .system = seconds(usage.ru_stime),
          .sleeps = static_cast<std::uint64_t>(usage.ru_nvcsw)};
}

std::uint64_t sleeps_of_thread() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_nvcsw);
}

}  // namespace bench
