// What older kernels know of RWF_NOWAIT.
#pragma once

#include <sys/uio.h>

#include <cerrno>

#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace linux_aio::testing {

/// Whether pipes know RWF_NOWAIT, as they and sockets do since Linux 6.4; if not, the log says so.
[[nodiscard]] inline bool pipes_know_nowait() {
  const Pipe pipe;
  char byte = 0;
  const ::iovec part{.iov_base = &byte, .iov_len = 1};
  if (::preadv2(pipe.read_end(), &part, 1, -1, RWF_NOWAIT) < 0 && errno == EAGAIN) return true;
  skip("this kernel's pipes know no RWF_NOWAIT, which came with Linux 6.4");
  return false;
}

}  // namespace linux_aio::testing
