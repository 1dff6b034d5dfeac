// A request as a system call that waits: pwrite, pread, poll.
#pragma once

#include <cstddef>

#include "bench/overhead/works.hpp"

namespace overhead {

// The result, or less than that.
long write_blocking(Work& work, std::size_t index);
long read_blocking(Work& work, std::size_t index);
long poll_blocking(const Work& work, std::size_t index);

}  // namespace overhead
