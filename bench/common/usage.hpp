// What this process has used, by the kernel's own account.
#pragma once

#include <cstdint>

namespace bench {

// Of all threads together; what the kernel does in threads of its own is not in it.
struct Usage {
  double user;           // seconds
  double system;         // seconds
  std::uint64_t sleeps;  // how often a thread gave up the processor to wait for something
};

Usage usage();

// Of the calling thread alone: Usage::sleeps.
std::uint64_t sleeps_of_thread();

}  // namespace bench
