#include "tests/support/interposed_kernel.hpp"

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdarg>
#include <optional>
#include <utility>

namespace linux_aio::testing {
namespace {

// NOLINTNEXTLINE(*-non-const-global-variables): syscall() has no other place to look
thread_local InterposedKernel* interposed = nullptr;

// SAFETY: the kernel's arguments are integers as wide as a pointer, whatever they stand for.
template <class T>
T* pointer(long argument) {
  return reinterpret_cast<T*>(argument);
}

std::optional<long> ask_hook(const InterposedKernel& kernel, long number,
                             const std::array<long, 6>& argument) {
  const auto context = static_cast<raw::aio_context_t>(argument[0]);
  if (number == raw::nr_io_setup && kernel.io_setup) {
    return kernel.io_setup(static_cast<unsigned>(argument[0]),
                           pointer<raw::aio_context_t>(argument[1]));
  }
  if (number == raw::nr_io_destroy && kernel.io_destroy) return kernel.io_destroy(context);
  if (number == raw::nr_io_submit && kernel.io_submit) {
    return kernel.io_submit(context, argument[1], pointer<raw::iocb*>(argument[2]));
  }
  if (number == raw::nr_io_getevents && kernel.io_getevents) {
    return kernel.io_getevents(context, argument[1], argument[2],
                               pointer<raw::io_event>(argument[3]),
                               pointer<raw::getevents_timespec>(argument[4]));
  }
  if (number == raw::nr_io_cancel && kernel.io_cancel) {
    return kernel.io_cancel(context, pointer<raw::iocb>(argument[1]),
                            pointer<raw::io_event>(argument[2]));
  }
  if (number == raw::nr_io_pgetevents && kernel.io_pgetevents) {
    return kernel.io_pgetevents(
        context, argument[1], argument[2], pointer<raw::io_event>(argument[3]),
        pointer<raw::pgetevents_timespec>(argument[4]), pointer<raw::aio_sigset>(argument[5]));
  }
  // Where long has 32 bits there is another one, which is tried first: older kernels do not have
  // it.
  if (number == raw::nr_io_pgetevents_time64 && kernel.io_pgetevents) return -ENOSYS;
  return std::nullopt;
}

}  // namespace

InterposedKernel::InterposedKernel() {
  REQUIRE(interposed == nullptr);
  interposed = this;
}

InterposedKernel::~InterposedKernel() { interposed = nullptr; }

}  // namespace linux_aio::testing

// The linker gives these names to the C library's syscall() and to what takes its place (--wrap),
// which serves a static program too.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" long __real_syscall(long number, ...) noexcept;

extern "C" long __wrap_syscall(long number, ...) noexcept {
  using linux_aio::testing::interposed;
  std::array<long, 6> argument{};
  std::va_list arguments;
  va_start(arguments, number);
  for (long& each : argument) each = va_arg(arguments, long);
  va_end(arguments);

  if (auto* const kernel = std::exchange(interposed, nullptr); kernel != nullptr) {
    const std::optional<long> result = linux_aio::testing::ask_hook(*kernel, number, argument);
    interposed = kernel;
    if (result) {
      if (*result >= 0) return *result;
      errno = static_cast<int>(-*result);
      return -1;
    }
  }
  return __real_syscall(number, argument[0], argument[1], argument[2], argument[3], argument[4],
                        argument[5]);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
