// The one road into the kernel. Where code lies in a program moves the time of a short loop by more
// than what is to be seen here: so whatever calls syscall(), calls this one, which lies well.

#include <array>
#include <cerrno>
#include <cstdarg>

#include "bench/overhead/fake_kernel.hpp"

// The linker gives these names to the C library's syscall() and to what takes its place (--wrap).
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" long __real_syscall(long number, ...) noexcept;

extern "C" [[gnu::noinline, gnu::aligned(64)]] long __wrap_syscall(long number, ...) noexcept {
  std::array<long, 6> argument{};
  std::va_list arguments;
  va_start(arguments, number);
  for (long& each : argument) each = va_arg(arguments, long);
  va_end(arguments);
  if (!overhead::kernel_is_fake()) {
    return __real_syscall(number, argument[0], argument[1], argument[2], argument[3], argument[4],
                          argument[5]);
  }
  const long result = overhead::fake_system_call(number, argument);
  if (result >= 0) return result;
  errno = static_cast<int>(-result);
  return -1;
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
