#include <algorithm>
#include <bit>
#include <cerrno>
#include <linux_aio/file.hpp>
#include <linux_aio/raw/abi.hpp>

#include "src/error_text/text.hpp"
#include "src/file_status.hpp"

namespace linux_aio::detail {
namespace {

bool has_flag(const Failure& failure, raw::kernel_rwf_t flag) noexcept {
  return (failure.flags & static_cast<unsigned>(flag)) != 0;
}

std::string multiple_of(std::uint64_t alignment) {
  return " is no multiple of " + std::to_string(alignment);
}

// Which of the request's numbers are no multiples of what the file needs; nothing if all are.
std::string explain_misalignment(const Failure& failure, const DirectIo& needed) {
  const auto offset = static_cast<std::uint64_t>(failure.offset);
  std::vector<std::string> causes;
  if (offset % needed.offset_alignment != 0) {
    causes.push_back("offset " + std::to_string(offset) + multiple_of(needed.offset_alignment));
  }
  if (is_vectored(failure)) {
    if (causes.empty()) {
      causes.push_back("the length of one of its buffers" + multiple_of(needed.offset_alignment) +
                       " or its address of " + std::to_string(needed.memory_alignment));
    }
  } else {
    if (failure.number % needed.offset_alignment != 0) {
      causes.push_back("length " + std::to_string(failure.number) +
                       multiple_of(needed.offset_alignment));
    }
    if (failure.zero_bits < std::countr_zero(needed.memory_alignment)) {
      causes.push_back("the buffer's address" + multiple_of(needed.memory_alignment));
    }
  }
  if (causes.empty()) return {};
  return list(causes, "and") + ", which O_DIRECT needs on this file (see File::direct_io())";
}

// The same where the file does not say what it needs, or is no longer there to ask.
std::string explain_unknown_alignment(const Failure& failure, bool is_direct) {
  constexpr int usual_bits = 12;  // 4096 bytes are enough everywhere
  int bits = std::countr_zero(static_cast<std::uint64_t>(failure.offset));
  if (!is_vectored(failure)) {
    bits = std::min({bits, std::countr_zero(failure.number), int{failure.zero_bits}});
  }
  if (bits >= usual_bits) return {};
  return std::string(is_direct ? "" : "if the file was opened with O_DIRECT: ") +
         (is_vectored(failure) ? "the offset is only a multiple of "
                               : "offset, length and address are only multiples of ") +
         std::to_string(1U << static_cast<unsigned>(bits)) +
         ", and O_DIRECT needs multiples of what File::direct_io() says";
}

std::string explain_atomic(const Failure& failure) {
  if (!is_vectored(failure) && !std::has_single_bit(failure.number)) {
    return "the length of an atomic write must be a power of two, not " +
           std::to_string(failure.number);
  }
  if (!is_vectored(failure) && static_cast<std::uint64_t>(failure.offset) % failure.number != 0) {
    return "the offset of an atomic write must be a multiple of its length";
  }
  return "an atomic write's length must be within the limits that statx(2) tells "
         "(stx_atomic_write_unit_min and _max)";
}

std::string explain_invalid(const Failure& failure) {
  const std::string refused = "the file does not accept such a " + operation_of(failure);
  if (!is_read(failure) && !is_write(failure)) return {};
  const auto status = file_status(failure.file);
  if (status && status->kind == FileKind::anonymous_inode) {
    return file_of(failure) + " (an eventfd, a timerfd or the like) takes only reads and writes " +
           "as long as its record, not of " + count(failure.number, "byte");
  }
  if (status && !status->direct()) {
    return has_flag(failure, raw::rwf_atomic) ? explain_atomic(failure) : refused;
  }
  const auto needed =
      status ? BorrowedFd(failure.file).direct_io() : std::unexpected(status.error());
  std::string text = needed ? explain_misalignment(failure, *needed)
                            : explain_unknown_alignment(failure, status.has_value());
  if (text.empty() && has_flag(failure, raw::rwf_atomic)) text = explain_atomic(failure);
  return text.empty() ? refused : text;
}

std::string explain_would_block(const Failure& failure) {
  const auto status = file_status(failure.file);
  const bool on_disk =
      status && (status->kind == FileKind::regular || status->kind == FileKind::block_device);
  if (on_disk) return "it would have blocked, and no_wait says not to: submit it without";
  return std::string("it would have blocked, and ") +
         (has_flag(failure, raw::rwf_nowait) ? "no_wait says not to"
                                             : file_of(failure) + " is O_NONBLOCK") +
         ": submit it again when the file is ready";
}

std::string explain_fault(const Failure& failure) {
  return std::string(is_vectored(failure) ? "a part of its buffers" : "a part of the buffer") +
         (is_read(failure) ? " is not mapped, or not writable" : " is not mapped, or not readable");
}

}  // namespace

std::string explain_completion(const Failure& failure) {
  if (failure.opcode == Failure::no_request) return {};
  switch (failure.code) {
    case EINVAL:
      return explain_invalid(failure);
    case EINTR:
      return "a signal interrupted it while io_submit blocked (an empty pipe): submit it again";
    case EFAULT:
      return explain_fault(failure);
    case EAGAIN:
      return explain_would_block(failure);
    case EOPNOTSUPP:
      return explain_flags(failure);
    case ESPIPE:
      return file_of(failure) + " has no offsets, as a socket has none: leave out .at()";
    case EPIPE:
      return "nobody reads the other end of the pipe or socket any more (and SIGPIPE was sent, "
             "unless the flag no_signal is set)";
    case ECANCELED:
      return "it was cancelled by Context::cancel";
    case ENOSPC:
      return "the file system is full";
    case EDQUOT:
      return "the quota of its owner is used up";
    case EFBIG:
      return "it ends beyond the largest size of a file, of the file system or of ulimit -f";
    case EIO:
      return is_sync(failure)
                 ? "data written before may be lost: do not trust a second " +
                       operation_of(failure) + ", write it again"
                 : "the device or file system failed: its reason is in the kernel's log";
    default:
      return {};
  }
}

}  // namespace linux_aio::detail
