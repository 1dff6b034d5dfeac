// probe_file(): what an open file lets requests do, and whether they are truly asynchronous.
#pragma once

#include <cstdint>
#include <linux_aio/config.hpp>
#include <linux_aio/direct_io.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/file_kind.hpp>
#include <linux_aio/trial.hpp>
#include <optional>
#include <string>

namespace linux_aio {

/// What io_submit does with a read or write of a file, as far as its kind and flags tell.
enum class Asynchrony : std::uint8_t {
  impossible,         ///< it refuses it: the file is not open for it, or has no such operation
  asynchronous,       ///< O_DIRECT: it returns while the device works
  except_allocating,  ///< as asynchronous, but a write that extends the file completes inside it
  synchronous,        ///< the page cache: it does the work itself, and waits for the device
  may_block,          ///< a pipe, socket, terminal: it waits for the other side, without end
  never_waits,        ///< the same with O_NONBLOCK: the request completes with EAGAIN instead
  unknown,            ///< O_DIRECT, but the file system does not say what it makes of it
};

/// The reason in a sentence.
[[nodiscard]] const char* explain(Asynchrony asynchrony) noexcept;

/// What an open file can do.
struct FileCapabilities {
  FileKind kind = FileKind::regular;  ///< what the descriptor refers to
  bool readable = false;              ///< open for reading
  bool writable = false;              ///< open for writing
  bool direct = false;                ///< O_DIRECT is set
  bool non_blocking = false;          ///< O_NONBLOCK is set
  bool append = false;                ///< O_APPEND is set: writes go to the end
  std::optional<DirectIo> direct_io;  ///< what O_DIRECT needs, as File::direct_io(); nothing: none
  /// Requests that each queue of the device takes before io_submit has to sleep. Nothing without
  /// /sys, without a device (tmpfs, NFS), and for one that hands on to others (RAID, LVM). Source:
  /// nr_requests in Documentation/ABI/stable/sysfs-block.
  std::optional<std::uint32_t> queue_depth;
  Asynchrony reads = Asynchrony::unknown;   ///< what io_submit does with a read
  Asynchrony writes = Asynchrony::unknown;  ///< what io_submit does with a write

  Trial read;   ///< a read without flags
  Trial write;  ///< a write without flags

  /// Whether io_submit accepts a flag for this file: where it does, a buffered write with no_wait
  /// may still complete with EOPNOTSUPP. `failed` with EOPNOTSUPP: the file or the kernel does not
  /// have it, and probe_kernel() tells which.
  FlagTrials flags;
};

/// Looks at an open file, and lets io_submit refuse requests to it: not a byte is read or written.
/// Takes tens of milliseconds.
///
/// Ownership: the file is borrowed for the call. Errors: EBADF, and others of statx(2). What a
/// process without AIO cannot try is `untried`. Since Linux 4.11. Source: aio_read() in fs/aio.c,
/// statx(2).
[[nodiscard]] Result<FileCapabilities> probe_file(BorrowedFd file) noexcept;

/// The capabilities for people to read: some lines, the last of which ends with a newline, too.
[[nodiscard]] std::string describe(const FileCapabilities& file);

}  // namespace linux_aio
