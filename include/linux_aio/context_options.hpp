// ContextOptions: how a context is made.
#pragma once

#include <cstdint>

namespace linux_aio {

/// How a context is made.
struct ContextOptions {
  /// Requests in flight at most; counts against fs.aio-max-nr.
  std::uint32_t capacity = 128;

  /// Completions are read from the ring that the kernel shares, without a system call. Where the
  /// kernel's ring is another than the known one, they are not, whatever this says.
  bool reap_in_user_space = true;

  /// Statistics tell the time inside io_submit, and how many calls slept: three more system calls
  /// for each io_submit.
  bool measure_submission = false;
};

}  // namespace linux_aio
