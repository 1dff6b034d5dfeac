#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/raw/abi.hpp>
#include <utility>

#include "src/file_status.hpp"

namespace linux_aio {
namespace {

int flags_of(Access access) noexcept {
  switch (access) {
    case Access::read_only:
      return O_RDONLY;
    case Access::write_only:
      return O_WRONLY;
    case Access::read_write:
      break;
  }
  return O_RDWR;
}

Result<struct ::statx> status_of(int fd, unsigned mask) noexcept {
  struct ::statx status{};
  if (::statx(fd, "", AT_EMPTY_PATH, mask, &status) != 0) {
    return std::unexpected(Error(Call::statx, errno));
  }
  return status;
}

// Whether a transfer may wait for another program: what is neither a file with a size nor a device.
bool is_stream(int fd) noexcept {
  const auto kind = detail::file_kind(fd);
  return kind == FileKind::fifo || kind == FileKind::socket || kind == FileKind::anonymous_inode;
}

// What O_DIRECT is content with where the kernel does not say what it needs.
Result<DirectIo> usual_direct_io(int fd, unsigned mode) noexcept {
  if (S_ISREG(mode)) return DirectIo{.memory_alignment = 4096, .offset_alignment = 4096};
  int block_size = 0;
  if (!S_ISBLK(mode) || ::ioctl(fd, BLKSSZGET, &block_size) != 0 || block_size <= 0) {
    return std::unexpected(Error(Call::statx, EOPNOTSUPP));
  }
  const auto size = static_cast<std::uint32_t>(block_size);
  return DirectIo{.memory_alignment = size, .offset_alignment = size};
}

}  // namespace

BorrowedFd::BorrowedFd(int fd) noexcept
    : fd_(fd),
      forced_flags_(is_stream(fd) && (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0 ? raw::rwf_nowait
                                                                              : 0) {}

Result<File> File::open(const char* path, Access access, OpenOptions options) noexcept {
  int flags = flags_of(access) | O_CLOEXEC | O_LARGEFILE;
  if (options.direct) flags |= O_DIRECT;
  if (options.create) flags |= O_CREAT;
  if (options.exclusive) flags |= O_EXCL;
  if (options.append) flags |= O_APPEND;
  if (options.non_blocking) flags |= O_NONBLOCK;
  if (options.truncate) flags |= O_TRUNC;
  for (;;) {
    const int fd = ::open(path, flags, options.mode);
    if (fd >= 0) return own(fd);
    if (errno != EINTR) return std::unexpected(Error(Call::open, errno, options.direct ? 1 : 0));
  }
}

// A FIFO that was opened by its path knows no RWF_NOWAIT, unlike a pipe; but what was just opened
// is nobody else's, and may be made not to block.
File File::own(int fd) noexcept {
  File file(fd);
  if (file.borrowed_.may_block()) {
    static_cast<void>(::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK));
    file.borrowed_ = BorrowedFd(fd);
  }
  return file;
}

File::File(int fd) noexcept : borrowed_(fd) {
  if (fd < 0) detail::fatal("a File was made of a negative descriptor");
}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    if (borrowed_.fd_ >= 0) ::close(borrowed_.fd_);
    borrowed_ = other.borrowed_;
    other.borrowed_.fd_ = -1;
  }
  return *this;
}

File::~File() {
  if (borrowed_.fd_ >= 0) ::close(borrowed_.fd_);
}

int File::release() && noexcept {
  const int fd = number();
  borrowed_.fd_ = -1;
  return fd;
}

Result<void> File::close() && noexcept {
  const int fd = std::move(*this).release();
  // Linux frees the descriptor even when close() is interrupted.
  if (::close(fd) != 0 && errno != EINTR) return std::unexpected(Error(Call::close, errno));
  return {};
}

Result<std::uint64_t> BorrowedFd::size() const noexcept {
  const auto status = status_of(number(), STATX_SIZE);
  if (!status) return std::unexpected(status.error());
  return status->stx_size;
}

Result<DirectIo> BorrowedFd::direct_io() const noexcept {
  // STATX_DIOALIGN by number and place: C libraries older than Linux 6.1 do not name them.
  constexpr unsigned dio_align = 0x2000;
  constexpr std::size_t mem_align_place = 152;
  const auto status = status_of(number(), dio_align | STATX_TYPE);
  if (!status) return std::unexpected(status.error());
  if ((status->stx_mask & dio_align) == 0) return usual_direct_io(number(), status->stx_mode);
  std::array<std::uint32_t, 2> alignment{};  // of memory and offset
  static_assert(sizeof(struct ::statx) >= mem_align_place + sizeof alignment);
  std::memcpy(alignment.data(), reinterpret_cast<const char*>(&*status) + mem_align_place,
              sizeof alignment);
  if (alignment[0] == 0 || alignment[1] == 0) {
    return std::unexpected(Error(Call::statx, EOPNOTSUPP));
  }
  return DirectIo{
      .memory_alignment = alignment[0], .offset_alignment = alignment[1], .reported = true};
}

}  // namespace linux_aio
