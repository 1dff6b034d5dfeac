// A file system that says of its files what a test chooses.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>

namespace linux_aio::testing {

/// While it lives, `change` has the last word on what statx(2) says. One at a time, in one thread.
class InterposedStatx {
 public:
  explicit InterposedStatx(std::function<void(struct ::statx&)> change);
  InterposedStatx(const InterposedStatx&) = delete;
  InterposedStatx& operator=(const InterposedStatx&) = delete;
  ~InterposedStatx();
};

/// Says that the kernel does not know what O_DIRECT needs, as before Linux 6.1.
void no_direct_io_alignment(struct ::statx& status);

/// Says that O_DIRECT needs `alignment`, of memory and of offsets.
void direct_io_alignment(struct ::statx& status, std::uint32_t alignment);

}  // namespace linux_aio::testing
