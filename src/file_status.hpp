// What a descriptor refers to, and how it was opened.
#pragma once

#include <fcntl.h>

#include <linux_aio/error.hpp>
#include <linux_aio/file_kind.hpp>

namespace linux_aio::detail {

struct FileStatus {
  FileKind kind;
  int flags;  // F_GETFL

  [[nodiscard]] bool path_only() const noexcept { return (flags & O_PATH) != 0; }
  [[nodiscard]] bool readable() const noexcept { return !path_only() && access() != O_WRONLY; }
  [[nodiscard]] bool writable() const noexcept { return !path_only() && access() != O_RDONLY; }
  [[nodiscard]] bool direct() const noexcept { return (flags & O_DIRECT) != 0; }

 private:
  [[nodiscard]] int access() const noexcept { return flags & O_ACCMODE; }
};

/// Errors: EBADF, and others of fstat(2).
[[nodiscard]] Result<FileKind> file_kind(int fd) noexcept;

/// Errors: EBADF, and others of fstat(2).
[[nodiscard]] Result<FileStatus> file_status(int fd) noexcept;

}  // namespace linux_aio::detail
