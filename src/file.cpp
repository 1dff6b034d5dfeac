#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/file.hpp>
#include <utility>

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

}  // namespace

Result<File> File::open(const char* path, Access access, OpenOptions options) noexcept {
  int flags = flags_of(access) | O_CLOEXEC | O_LARGEFILE;
  if (options.direct) flags |= O_DIRECT;
  if (options.create) flags |= O_CREAT;
  if (options.exclusive) flags |= O_EXCL;
  if (options.truncate) flags |= O_TRUNC;
  for (;;) {
    const int fd = ::open(path, flags, options.mode);
    if (fd >= 0) return File(fd);
    if (errno != EINTR) return std::unexpected(Error(Call::open, errno));
  }
}

File::File(int fd) noexcept : fd_(fd) {
  if (fd < 0) detail::fatal("a File was made of a negative descriptor");
}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

int File::release() && noexcept {
  const int fd = number();
  fd_ = -1;
  return fd;
}

Result<void> File::close() && noexcept {
  const int fd = std::move(*this).release();
  // Linux frees the descriptor even when close() is interrupted.
  if (::close(fd) != 0 && errno != EINTR) return std::unexpected(Error(Call::close, errno));
  return {};
}

Result<std::uint64_t> File::size() const noexcept {
  const auto status = status_of(number(), STATX_SIZE);
  if (!status) return std::unexpected(status.error());
  return status->stx_size;
}

Result<DirectIo> File::direct_io() const noexcept {
  // STATX_DIOALIGN by number and place: C libraries older than Linux 6.1 do not name them.
  constexpr unsigned dio_align = 0x2000;
  constexpr std::size_t mem_align_place = 152;
  const auto status = status_of(number(), dio_align);
  if (!status) return std::unexpected(status.error());
  DirectIo alignment{};
  static_assert(sizeof(struct ::statx) >= mem_align_place + sizeof alignment);
  std::memcpy(&alignment, reinterpret_cast<const char*>(&*status) + mem_align_place,
              sizeof alignment);
  if ((status->stx_mask & dio_align) == 0 || alignment.memory_alignment == 0 ||
      alignment.offset_alignment == 0) {
    return std::unexpected(Error(Call::statx, EOPNOTSUPP));
  }
  return alignment;
}

}  // namespace linux_aio
