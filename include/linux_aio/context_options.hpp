// ContextOptions: how a context is made.
#pragma once

#include <chrono>
#include <cstdint>

namespace linux_aio {

/// How a context is made.
struct ContextOptions {
  /// Requests in flight at most; counts against fs.aio-max-nr.
  std::uint32_t capacity = 128;

  /// Completions are read from the ring that the kernel shares, without a system call. Where the
  /// kernel's ring is another than the known one, they are not, whatever this says.
  bool reap_in_user_space = true;

  /// Requests of the first io_submit where the kernel has nothing to do: a device begins with them
  /// while the rest is handed over, at a time twice what it has: 4, then 8, 24, 72. Neighbours in a
  /// file go out together, for the kernel makes one request of them; so does what completes inside
  /// io_submit. 0: all that is staged goes out together, always.
  std::uint32_t first_part = 4;

  /// Requests other than polls that the kernel has at most; others stay staged until some complete.
  /// 0: as many as the device takes without making io_submit sleep (nr_requests in sysfs), which is
  /// looked up once more than 32 are to go out, for the file of the first; all where it is not
  /// known.
  std::uint32_t kernel_limit = 0;

  /// How long a wait looks at the ring before it sleeps: it returns a little earlier for the price
  /// of the processor's time, which is of use where few requests are in flight. An hour at most;
  /// not where the wait has a signal mask.
  std::chrono::nanoseconds spin{0};

  /// Statistics tell the time inside io_submit, and how many calls slept: three more system calls
  /// for each io_submit.
  bool measure_submission = false;
};

}  // namespace linux_aio
