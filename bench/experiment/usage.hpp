// The memory and the threads of this process, by the kernel's own account.
#pragma once

#include <cstddef>

namespace experiment {

// In KiB. What is resident is counted page by page now: the counters of /proc/self/status are off
// by some hundred KiB in kernels before 6.16. Code counts with it, and comes in steps of 64 KiB;
// what the process has written for itself alone does not contain any. What is virtual is the most
// that there was.
struct Memory {
  std::size_t resident;
  std::size_t written;
  std::size_t virtual_peak;
};

Memory memory();

// How many there are now.
std::size_t threads();

}  // namespace experiment
