// Opens a file past the page cache where that is possible: only there AIO is asynchronous.
#pragma once

#include <cstddef>
#include <linux_aio/error.hpp>
#include <linux_aio/file.hpp>
#include <string>

namespace support {

struct Opened {
  linux_aio::File file;
  bool direct;                   // O_DIRECT; else through the page cache
  std::size_t memory_alignment;  // of buffers
};

/// Opens `path` with O_DIRECT if its transfers can be multiples of `unit` bytes, else without.
[[nodiscard]] linux_aio::Result<Opened> open(const std::string& path, linux_aio::Access access,
                                             std::size_t unit, linux_aio::OpenOptions options = {});

/// Whether there is something to read in a file that says it is empty, as files in /proc do.
[[nodiscard]] bool hides_its_size(linux_aio::BorrowedFd empty);

}  // namespace support
