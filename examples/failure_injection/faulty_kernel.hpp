// FaultyKernel: what requests complete with, as a test wants it. No seam in the code under test.
#pragma once

#include <cstdint>
#include <functional>
#include <linux_aio/raw/abi.hpp>

namespace failure_injection {

/// While it lives, it is asked for the result of each completion of this program: the bytes, or
/// -errno. The requests are carried out, and only then told another result, as when the device
/// fails.
///
/// It rests on this: linux_aio calls the kernel through the C library's syscall(), which this
/// program defines itself, see faulty_kernel.cpp. The contexts have to be made with
/// `.reap_in_user_space = false`, so that completions come by io_getevents. One at a time.
class FaultyKernel {
 public:
  using Fault =
      std::function<std::int64_t(const linux_aio::raw::iocb& request, std::int64_t result)>;

  explicit FaultyKernel(Fault fault);
  FaultyKernel(const FaultyKernel&) = delete;
  FaultyKernel& operator=(const FaultyKernel&) = delete;
  ~FaultyKernel();

  /// What the kernel answers, changed.
  void change(linux_aio::raw::io_event& event) const;

 private:
  Fault fault_;
};

}  // namespace failure_injection
