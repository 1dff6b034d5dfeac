// A kernel that misbehaves as a real one can, at the moment that a test chooses.
#pragma once

#include <functional>
#include <linux_aio/raw/abi.hpp>

namespace linux_aio::testing {

/// While it lives, the AIO calls of this program go to its hooks, which return what the raw layer
/// returns. An empty hook stands for the kernel, and so do the raw functions inside a hook. One at
/// a time, in one thread.
class InterposedKernel {
 public:
  InterposedKernel();
  InterposedKernel(const InterposedKernel&) = delete;
  InterposedKernel& operator=(const InterposedKernel&) = delete;
  ~InterposedKernel();

  std::function<long(unsigned nr_events, raw::aio_context_t* context)> io_setup;
  std::function<long(raw::aio_context_t context)> io_destroy;
  std::function<long(raw::aio_context_t context, long count, raw::iocb** requests)> io_submit;
  std::function<long(raw::aio_context_t context, long min_nr, long nr, raw::io_event* events,
                     raw::getevents_timespec* timeout)>
      io_getevents;
  std::function<long(raw::aio_context_t context, raw::iocb* request, raw::io_event* result)>
      io_cancel;
  std::function<long(raw::aio_context_t context, long min_nr, long nr, raw::io_event* events,
                     raw::pgetevents_timespec* timeout, const raw::aio_sigset* signals)>
      io_pgetevents;
};

}  // namespace linux_aio::testing
