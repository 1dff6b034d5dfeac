// FileKind: what a descriptor refers to.
#pragma once

#include <cstdint>

namespace linux_aio {

/// What a descriptor refers to. Source: inode(7).
enum class FileKind : std::uint8_t {
  regular,           ///< a file with a size
  directory,         ///< a folder
  block_device,      ///< a disk, a partition, a loop device
  character_device,  ///< a terminal, /dev/null
  fifo,              ///< a pipe, too
  socket,            ///< of any family
  symbolic_link,     ///< only of a descriptor with O_PATH
  anonymous_inode,   ///< an eventfd, timerfd, signalfd, epoll, inotify, pidfd
};

/// A noun for people: "a regular file", "a directory".
[[nodiscard]] const char* name_of(FileKind kind) noexcept;

}  // namespace linux_aio
