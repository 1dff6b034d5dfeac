// Statistics: what a context has done, and whether submitting blocked.
#pragma once

#include <chrono>
#include <cstdint>

namespace linux_aio {

/// Counters of a context since Context::create. Buffered I/O, extending writes and a full device
/// queue make io_submit do the work, or sleep: the last two show it.
struct Statistics {
  std::uint64_t accepted = 0;               ///< requests that the kernel accepted
  std::uint64_t refused = 0;                ///< requests that io_submit refused
  std::uint64_t reaped_in_user_space = 0;   ///< completions read from the ring
  std::uint64_t reaped_by_system_call = 0;  ///< completions that io_getevents brought
  std::uint64_t io_submit_calls = 0;        ///< system calls
  std::uint64_t io_getevents_calls = 0;     ///< system calls

  // With ContextOptions::measure_submission, else 0:
  std::chrono::nanoseconds time_in_io_submit{0};  ///< by the monotonic clock
  std::uint64_t io_submit_calls_that_slept = 0;   ///< the thread gave up the processor inside
};

}  // namespace linux_aio
