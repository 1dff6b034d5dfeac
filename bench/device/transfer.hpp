// A transfer that waits.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

namespace device {

// pread(2) or pwrite(2): a count of bytes or -errno.
inline long long transfer(int file, bool write, std::span<std::byte> bytes, std::uint64_t offset) {
  const auto position = static_cast<off_t>(offset);
  const ssize_t moved = write ? ::pwrite(file, bytes.data(), bytes.size(), position)
                              : ::pread(file, bytes.data(), bytes.size(), position);
  return moved < 0 ? -errno : moved;
}

}  // namespace device
