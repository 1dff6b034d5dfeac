#include "tests/mixture/kernels.hpp"

#include <algorithm>
#include <cerrno>
#include <linux_aio/raw/syscall.hpp>

namespace linux_aio::testing {

HostileKernel::HostileKernel(Random& random, bool ring) : random_(random), ring_(ring) {
  kernel_.io_submit = [this](auto handle, long count, auto requests) {
    return submit(handle, count, requests);
  };
  if (ring) return;
  kernel_.io_getevents = [this](auto handle, long least, long most, auto events,
                                auto timeout) -> long {
    if (random_.one_in(5)) return -EINTR;
    if (random_.one_in(5)) return 0;
    most = std::min(most, 1 + static_cast<long>(random_.below(3)));
    return counted(raw::io_getevents(handle, std::min(least, most), most, events, timeout));
  };
  kernel_.io_pgetevents = [this](auto... arguments) {
    return counted(raw::io_pgetevents(arguments...));
  };
}

long HostileKernel::submit(raw::aio_context_t handle, long count, raw::iocb** requests) {
  if (random_.one_in(5)) return -EINTR;
  const long left = room - in_kernel_;
  if (left <= 0) return -EAGAIN;
  const long most = 1 + static_cast<long>(random_.below(static_cast<std::size_t>(left)));
  const long result = raw::io_submit(handle, std::min(count, most), requests);
  if (result > 0 && !ring_) in_kernel_ += result;
  return result;
}

long HostileKernel::counted(long result) {
  if (result > 0) in_kernel_ -= result;
  return result;
}

}  // namespace linux_aio::testing
