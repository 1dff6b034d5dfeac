#include "src/file_status.hpp"

#include <sys/stat.h>

#include <cerrno>

namespace linux_aio {
namespace {

FileKind kind_of(unsigned mode) noexcept {
  switch (mode & static_cast<unsigned>(S_IFMT)) {
    case S_IFREG:
      return FileKind::regular;
    case S_IFDIR:
      return FileKind::directory;
    case S_IFBLK:
      return FileKind::block_device;
    case S_IFCHR:
      return FileKind::character_device;
    case S_IFIFO:
      return FileKind::fifo;
    case S_IFSOCK:
      return FileKind::socket;
    case S_IFLNK:
      return FileKind::symbolic_link;
    default:
      return FileKind::anonymous_inode;  // which has no type
  }
}

}  // namespace

const char* name_of(FileKind kind) noexcept {
  switch (kind) {
    case FileKind::regular:
      return "a regular file";
    case FileKind::directory:
      return "a directory";
    case FileKind::block_device:
      return "a block device";
    case FileKind::character_device:
      return "a character device";
    case FileKind::fifo:
      return "a pipe";
    case FileKind::socket:
      return "a socket";
    case FileKind::symbolic_link:
      return "a symbolic link";
    case FileKind::anonymous_inode:
      return "an anonymous inode";
  }
  return "a file";
}

namespace detail {

Result<FileKind> file_kind(int fd) noexcept {
  struct ::stat status{};  // not statx, which old kernels and filters do not have
  if (::fstat(fd, &status) != 0) return std::unexpected(Error(Call::statx, errno));
  return kind_of(status.st_mode);
}

Result<FileStatus> file_status(int fd) noexcept {
  const Result<FileKind> kind = file_kind(fd);
  if (!kind) return std::unexpected(kind.error());
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return std::unexpected(Error(Call::statx, errno));
  return FileStatus{.kind = *kind, .flags = flags};
}

}  // namespace detail
}  // namespace linux_aio
