#include "examples/failure_injection/faulty_kernel.hpp"

#include <dlfcn.h>

#include <array>
#include <cstdarg>
#include <span>
#include <utility>

namespace failure_injection {

namespace raw = linux_aio::raw;

namespace {

// NOLINTNEXTLINE(*-non-const-global-variables): syscall() has no other place to look
const FaultyKernel* active = nullptr;

}  // namespace

FaultyKernel::FaultyKernel(Fault fault) : fault_(std::move(fault)) { active = this; }

FaultyKernel::~FaultyKernel() { active = nullptr; }

void FaultyKernel::change(raw::io_event& event) const {
  // SAFETY: it is the address of the request's iocb, which the context keeps until it is complete.
  event.res = fault_(*reinterpret_cast<const raw::iocb*>(event.obj), event.res);
}

}  // namespace failure_injection

// The C library's function of this name, as far as this program is concerned.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
extern "C" long syscall(long number, ...) noexcept {
  namespace raw = linux_aio::raw;
  std::array<long, 6> argument{};
  std::va_list arguments;
  va_start(arguments, number);
  for (long& each : argument) each = va_arg(arguments, long);
  va_end(arguments);

  static const auto real = reinterpret_cast<long (*)(long, ...)>(::dlsym(RTLD_NEXT, "syscall"));
  const long result =
      real(number, argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);
  if (number == raw::nr_io_getevents && result > 0 && failure_injection::active != nullptr) {
    // SAFETY: the kernel has just filled these events.
    const std::span events(reinterpret_cast<raw::io_event*>(argument[3]),
                           static_cast<std::size_t>(result));
    for (raw::io_event& event : events) failure_injection::active->change(event);
  }
  return result;
}
