// Statistics: what a context has done.
#pragma once

#include <cstdint>

namespace linux_aio {

/// Counters of a context since Context::create.
struct Statistics {
  std::uint64_t accepted = 0;            // requests that the kernel accepted
  std::uint64_t refused = 0;             // requests that io_submit refused
  std::uint64_t io_submit_calls = 0;     // system calls
  std::uint64_t io_getevents_calls = 0;  // system calls
};

}  // namespace linux_aio
