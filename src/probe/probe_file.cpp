#include <fcntl.h>

#include <cerrno>
#include <linux_aio/file_capabilities.hpp>

#include "src/file_status.hpp"
#include "src/probe/trial_context.hpp"
#include "src/queue_depth.hpp"

namespace linux_aio {
namespace {

using detail::Direction;
using detail::TrialContext;

Trial try_transfer(const TrialContext& context, int fd, Direction direction) noexcept {
  switch (const int code = context.refusal_of(fd, direction, 0)) {
    case EFAULT:
      return {.finding = Finding::works, .code = 0};
    case EINVAL:  // no read_iter or write_iter
      return {.finding = Finding::missing, .code = code};
    default:
      return detail::trial_of(code);
  }
}

template <class Flag>
Trial try_flag(const TrialContext& context, int fd, Direction direction, Flag flag) noexcept {
  const auto bits = static_cast<raw::kernel_rwf_t>(flag);
  const int code = context.refusal_of(fd, direction, bits);
  if (code == EFAULT) return {.finding = Finding::works, .code = 0};
  if (code != EOPNOTSUPP) return detail::trial_of(code);
  const Finding known = context.knows(fd, direction, bits);
  return {.finding = known == Finding::works ? Finding::failed : known, .code = code};
}

void try_flags(const TrialContext& context, int fd, FileCapabilities& found) noexcept {
  if (found.read.works()) {
    for (auto& [flag, trial] : found.flags.read) {
      trial = try_flag(context, fd, Direction::read, flag);
    }
  }
  if (found.write.works()) {
    for (auto& [flag, trial] : found.flags.write) {
      trial = try_flag(context, fd, Direction::write, flag);
    }
  }
}

Asynchrony asynchrony_of(const FileCapabilities& file, Direction direction) noexcept {
  const bool writes = direction == Direction::write;
  const bool open = writes ? file.writable : file.readable;
  if (!open || (writes ? file.write : file.read).finding == Finding::missing) {
    return Asynchrony::impossible;
  }
  switch (file.kind) {
    case FileKind::directory:
    case FileKind::symbolic_link:
      return Asynchrony::impossible;
    case FileKind::character_device:
    case FileKind::fifo:
    case FileKind::socket:
    case FileKind::anonymous_inode:
      return file.non_blocking ? Asynchrony::never_waits : Asynchrony::may_block;
    case FileKind::block_device:
      return file.direct ? Asynchrony::asynchronous : Asynchrony::synchronous;
    case FileKind::regular:
      break;
  }
  if (!file.direct) return Asynchrony::synchronous;
  if (!file.direct_io || !file.direct_io->reported) return Asynchrony::unknown;
  return writes ? Asynchrony::except_allocating : Asynchrony::asynchronous;
}

}  // namespace

const char* explain(Asynchrony asynchrony) noexcept {
  switch (asynchrony) {
    case Asynchrony::impossible:
      return "impossible: the file is not open for it, or has no such operation for io_submit";
    case Asynchrony::asynchronous:
      return "asynchronous: past the page cache (O_DIRECT), io_submit returns while the device "
             "works, unless the request is large or the device's queue full";
    case Asynchrony::except_allocating:
      return "asynchronous where the file has its blocks: past the page cache (O_DIRECT), but a "
             "write that extends the file completes inside io_submit";
    case Asynchrony::synchronous:
      return "synchronous: io_submit does the work itself, through the page cache; O_DIRECT, where "
             "the file system has it, makes it asynchronous";
    case Asynchrony::may_block:
      return "may block: where there is nothing to read or no room to write, io_submit waits, "
             "without end; O_NONBLOCK or no_wait make it EAGAIN instead";
    case Asynchrony::never_waits:
      return "never waits: O_NONBLOCK makes it EAGAIN where it would block";
    case Asynchrony::unknown:
      return "unknown: O_DIRECT is set, but the file system does not tell what it makes of it";
  }
  return "unknown";
}

Result<FileCapabilities> probe_file(BorrowedFd file) noexcept {
  const auto status = detail::file_status(file.number());
  if (!status) return std::unexpected(status.error());
  FileCapabilities found;
  found.kind = status->kind;
  found.readable = status->readable();
  found.writable = status->writable();
  found.direct = status->direct();
  found.non_blocking = (status->flags & O_NONBLOCK) != 0;
  found.append = (status->flags & O_APPEND) != 0;
  if (const auto alignment = file.direct_io()) found.direct_io = *alignment;
  found.queue_depth = detail::queue_depth(file.number());
  if (const TrialContext context; context.io_submit().works()) {
    if (found.readable) found.read = try_transfer(context, file.number(), Direction::read);
    if (found.writable) found.write = try_transfer(context, file.number(), Direction::write);
    try_flags(context, file.number(), found);
  }
  found.reads = asynchrony_of(found, Direction::read);
  found.writes = asynchrony_of(found, Direction::write);
  return found;
}

}  // namespace linux_aio
