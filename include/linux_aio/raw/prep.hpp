// Fills an iocb for each opcode of the kernel. IOCB_CMD_NOOP has no helper: every kernel rejects
// it.
//
// Every prep_ function sets the whole iocb but aio_data, which is the caller's, and aio_key, which
// is the kernel's; so call it first and the setters after it. None takes ownership: the memory must
// outlive the completion, the descriptor must be open at submission.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <linux_aio/raw/abi.hpp>

namespace linux_aio::raw {

/// The address of user memory as the 64-bit integer that the kernel's ABI carries it in.
[[nodiscard]] inline std::uint64_t address_of(const void* memory) noexcept {
  // SAFETY: only the kernel turns this integer back into an access, and it checks it (EFAULT); the
  // integer extends no lifetime, so whoever puts it into an iocb keeps the memory until completion.
  return reinterpret_cast<std::uintptr_t>(memory);
}

namespace detail {

inline void prepare(iocb& request, std::uint16_t opcode, int fd, const void* memory,
                    std::uint64_t count, std::int64_t offset) noexcept {
  request.aio_rw_flags = 0;
  request.aio_lio_opcode = opcode;
  request.aio_reqprio = 0;
  request.aio_fildes = static_cast<std::uint32_t>(fd);
  request.aio_buf = address_of(memory);
  request.aio_nbytes = count;
  request.aio_offset = offset;
  request.aio_reserved2 = 0;
  request.aio_flags = 0;
  request.aio_resfd = 0;
}

}  // namespace detail

/// Reads up to `bytes` bytes at `offset` (bytes) into `memory`. Since Linux 2.6. Source: pread(2).
inline void prep_pread(iocb& request, int fd, void* memory, std::size_t bytes,
                       std::int64_t offset) noexcept {
  detail::prepare(request, iocb_cmd_pread, fd, memory, bytes, offset);
}

/// Writes up to `bytes` bytes of `memory` at `offset` (bytes). Since Linux 2.6. Source: pwrite(2).
inline void prep_pwrite(iocb& request, int fd, const void* memory, std::size_t bytes,
                        std::int64_t offset) noexcept {
  detail::prepare(request, iocb_cmd_pwrite, fd, memory, bytes, offset);
}

/// Reads at `offset` into `count` (at most 1024) segments. Since Linux 2.6.19. Source: preadv(2).
inline void prep_preadv(iocb& request, int fd, const iovec* segments, std::size_t count,
                        std::int64_t offset) noexcept {
  detail::prepare(request, iocb_cmd_preadv, fd, segments, count, offset);
}

/// Writes `count` (at most 1024) segments at `offset`. Since Linux 2.6.19. Source: pwritev(2).
inline void prep_pwritev(iocb& request, int fd, const iovec* segments, std::size_t count,
                         std::int64_t offset) noexcept {
  detail::prepare(request, iocb_cmd_pwritev, fd, segments, count, offset);
}

/// Makes data and metadata durable; orders nothing. Since Linux 4.18. Source: fsync(2).
inline void prep_fsync(iocb& request, int fd) noexcept {
  detail::prepare(request, iocb_cmd_fsync, fd, nullptr, 0, 0);
}

/// Makes data durable; orders nothing. Since Linux 4.18. Source: fdatasync(2).
inline void prep_fdsync(iocb& request, int fd) noexcept {
  detail::prepare(request, iocb_cmd_fdsync, fd, nullptr, 0, 0);
}

/// Waits once for any of `events` (poll masks of this ABI); the event's res is the ready mask.
/// Since Linux 4.19. Source: poll(2), aio_poll() in fs/aio.c.
inline void prep_poll(iocb& request, int fd, std::uint16_t events) noexcept {
  detail::prepare(request, iocb_cmd_poll, fd, nullptr, 0, 0);
  request.aio_buf = events;
}

/// Sets RWF_ flags of a read or write. Errors: EOPNOTSUPP at submission for an unknown flag.
/// Since Linux 4.13. Source: preadv2(2).
inline void set_rw_flags(iocb& request, kernel_rwf_t flags) noexcept {
  request.aio_rw_flags = flags;
}

/// Adds 1 to the eventfd `fd` at completion. Errors: EBADF, EINVAL at submission.
/// Since Linux 2.6.22. Source: eventfd(2).
inline void set_eventfd(iocb& request, int fd) noexcept {
  request.aio_flags |= static_cast<std::uint32_t>(iocb_flag_resfd);
  request.aio_resfd = static_cast<std::uint32_t>(fd);
}

/// Sets the I/O priority (see ioprio.hpp). Errors: EINVAL, EPERM at submission.
/// Since Linux 4.18. Source: ioprio_set(2), ioprio_check_cap() in block/ioprio.c.
inline void set_ioprio(iocb& request, std::uint16_t value) noexcept {
  request.aio_flags |= static_cast<std::uint32_t>(iocb_flag_ioprio);
  request.aio_reqprio = static_cast<std::int16_t>(value);
}

}  // namespace linux_aio::raw
