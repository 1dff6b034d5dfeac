// File owns a descriptor, BorrowedFd refers to one.
#pragma once

#include <cstdint>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/direct_io.hpp>
#include <linux_aio/error.hpp>

namespace linux_aio {

/// A descriptor that somebody else owns and keeps open. A request borrows its file until the kernel
/// has accepted it (Context::flush, poll, wait and run submit); after that the kernel holds the
/// file.
class BorrowedFd {
 public:
  /// Borrows `fd`. Looks at what it refers to (two system calls at most): rather make one and keep
  /// it than one for each request.
  explicit BorrowedFd(int fd) noexcept;

  /// The descriptor's number.
  [[nodiscard]] constexpr int number() const noexcept { return fd_; }

  /// Whether a transfer would make io_submit wait for the other side: a pipe, a socket or the like
  /// without O_NONBLOCK. Such a transfer is sent with no_wait: it is EAGAIN where there is nothing
  /// to read, or no room to write. What does not know no_wait refuses it with EOPNOTSUPP, as a FIFO
  /// in a file system does, and pipes and sockets before Linux 6.4; File::open makes a FIFO
  /// O_NONBLOCK.
  [[nodiscard]] constexpr bool may_block() const noexcept { return forced_flags_ != 0; }

  /// @cond
  // RWF_NOWAIT for what may block, else none.
  [[nodiscard]] constexpr std::uint32_t forced_flags() const noexcept { return forced_flags_; }
  /// @endcond

  /// The file's size in bytes. Errors: those of statx(2). Source: statx(2).
  [[nodiscard]] Result<std::uint64_t> size() const noexcept;

  /// The alignment that O_DIRECT needs on this file. Where the kernel does not say (before Linux
  /// 6.1, and file systems such as btrfs, tmpfs and NFS), it is not `reported` but what is always
  /// enough: a block device's logical block size, and 4096 for a regular file, which may yet refuse
  /// to be opened with O_DIRECT (EINVAL).
  ///
  /// Errors: EOPNOTSUPP where there is no direct I/O: the kernel says so, or the file is neither
  /// regular nor a block device; others of statx(2). Since Linux 2.6; reported since Linux 6.1
  /// (ext4, xfs, f2fs, block devices). Source: STATX_DIOALIGN, statx(2); BLKSSZGET, open(2).
  [[nodiscard]] Result<DirectIo> direct_io() const noexcept;

 private:
  friend class File;

  int fd_;
  std::uint32_t forced_flags_;
};

/// What a file is opened for.
enum class Access : std::uint8_t {
  read_only,   ///< O_RDONLY
  write_only,  ///< O_WRONLY
  read_write,  ///< O_RDWR
};

/// How a file is opened: the flags of open(2) by name. O_CLOEXEC is always set.
struct OpenOptions {
  bool direct = false;  ///< O_DIRECT: past the page cache; needs the alignment of File::direct_io()
  bool create = false;  ///< O_CREAT
  bool exclusive = false;     ///< O_EXCL: with create, fails with EEXIST where the file exists
  bool append = false;        ///< O_APPEND: each write goes to the end, whatever its offset
  bool non_blocking = false;  ///< O_NONBLOCK: opening a FIFO does not wait for its other end
  bool truncate = false;      ///< O_TRUNC
  unsigned mode = 0666;       ///< permission bits of a created file, before the umask
};

/// An open file. Move-only; closes its descriptor when destroyed. A moved-from File has none, and
/// using it ends the program.
class LINUX_AIO_CONSUMABLE File {
 public:
  /// Opens `path`. A FIFO is opened as open(2) does it, and is O_NONBLOCK afterwards.
  ///
  /// Ownership: the File owns the descriptor; after failure there is none. Errors, whose message()
  /// does not name the path: ENOENT, EACCES, EEXIST, EISDIR, ENOTDIR, ELOOP, ENOSPC, EROFS, EMFILE,
  /// EINVAL (O_DIRECT on a file system without it; a name that it does not permit), and what else
  /// open(2) has. Since Linux 2.6. Source: open(2).
  [[nodiscard]] static Result<File> open(const char* path, Access access,
                                         OpenOptions options = {}) noexcept;

  /// Takes ownership of an open descriptor; a negative number ends the program.
  LINUX_AIO_RETURNS_UNCONSUMED explicit File(int fd) noexcept;

  /// Takes the descriptor of `other`, which has none then.
  LINUX_AIO_RETURNS_UNCONSUMED File(File&& other) noexcept : borrowed_(other.borrowed_) {
    other.borrowed_.fd_ = -1;
  }
  /// Closes its own descriptor and takes that of `other`, which has none then.
  LINUX_AIO_SETS_UNCONSUMED File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// Closes the descriptor; an error of close(2) is lost: use close() where it matters.
  ~File();

  /// Closes the descriptor and reports what close(2) says. The descriptor is gone either way.
  ///
  /// Errors: EIO, ENOSPC, EDQUOT (network file systems). Source: close(2).
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] Result<void> close() && noexcept;

  /// Gives the descriptor up to the caller, who closes it.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] int release() && noexcept;

  /// The descriptor's number; it stays owned by this File.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] int number() const noexcept {
    if (borrowed_.fd_ < 0) detail::fatal("a File was used after it was moved from");
    return borrowed_.fd_;
  }

  /// Lends the descriptor to a request. Not from a temporary File: it would be closed at once.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] operator BorrowedFd()  // NOLINT(*-explicit-*)
      const& noexcept LINUX_AIO_LIFETIMEBOUND {
    return static_cast<void>(number()), borrowed_;
  }
  operator BorrowedFd() const&& = delete;

  /// As BorrowedFd::size().
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] Result<std::uint64_t> size() const noexcept {
    return static_cast<void>(number()), borrowed_.size();
  }

  /// As BorrowedFd::direct_io().
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] Result<DirectIo> direct_io() const noexcept {
    return static_cast<void>(number()), borrowed_.direct_io();
  }

 private:
  static File own(int fd) noexcept;

  BorrowedFd borrowed_;
};

}  // namespace linux_aio
