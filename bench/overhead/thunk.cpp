// The one road into the kernel. Where code lies in a program moves the time of a short loop by more
// than what is to be seen here: so whatever calls syscall(), calls this one, which lies well.

#include <dlfcn.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>

#include "bench/overhead/fake_kernel.hpp"

namespace {

using SystemCall = long (*)(long, ...);

// The C library's. Looked up at the first call, which may come before main().
SystemCall real_system_call() {
  static constinit std::atomic<SystemCall> known = nullptr;
  SystemCall call = known.load(std::memory_order_relaxed);
  if (call == nullptr) [[unlikely]] {
    call = reinterpret_cast<SystemCall>(::dlsym(RTLD_NEXT, "syscall"));
    known.store(call, std::memory_order_relaxed);
  }
  return call;
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
extern "C" [[gnu::noinline, gnu::aligned(64)]] long syscall(long number, ...) noexcept {
  std::array<long, 6> argument{};
  std::va_list arguments;
  va_start(arguments, number);
  for (long& each : argument) each = va_arg(arguments, long);
  va_end(arguments);
  if (!overhead::kernel_is_fake()) {
    return real_system_call()(number, argument[0], argument[1], argument[2], argument[3],
                              argument[4], argument[5]);
  }
  const long result = overhead::fake_system_call(number, argument);
  if (result >= 0) return result;
  errno = static_cast<int>(-result);
  return -1;
}
