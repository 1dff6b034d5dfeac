#include <cerrno>
#include <cstddef>
#include <limits>
#include <linux_aio/detail/request.hpp>
#include <linux_aio/raw/abi.hpp>
#include <linux_aio/raw/ioprio.hpp>

#include "src/error_text/text.hpp"
#include "src/file_status.hpp"
#include "src/kernel_version.hpp"

namespace linux_aio::detail {
namespace {

std::string explain_bad_descriptor(const Failure& failure) {
  const std::string file = file_of(failure);
  if (failure.file < 0) return std::to_string(failure.file) + " is no descriptor";
  const auto status = file_status(failure.file);
  if (status && status->path_only()) {
    return file + " is open with O_PATH, which allows no I/O";
  }
  if (status && is_read(failure) && !status->readable()) {
    return file + " is not open for reading";
  }
  if (status && is_write(failure) && !status->writable()) {
    return file + " is not open for writing";
  }
  std::vector<std::string> causes;
  if (failure.has(Failure::with_eventfd))
    causes.emplace_back("the eventfd of the request is closed");
  if (status) {
    causes.push_back(file + " was closed when it was submitted");
  } else if (is_read(failure) || is_write(failure)) {
    causes.push_back(file + " is closed, or was not open for this " + operation_of(failure));
  } else {
    causes.push_back(file + " is closed, or was open with O_PATH");
  }
  return list(causes, "or") + ": keep a file open until flush() has returned 0";
}

// What the numbers of a transfer say: nothing if they are good.
std::string explain_numbers(const Failure& failure) {
  constexpr auto most_offset = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  constexpr auto most_bytes =
      static_cast<std::uint64_t>(std::numeric_limits<std::ptrdiff_t>::max());
  if (is_vectored(failure) && failure.number > most_segments) {
    return std::to_string(failure.number) + " buffers are more than the " +
           std::to_string(most_segments) + " of one request";
  }
  if (failure.number > most_bytes) {
    return "the length " + std::to_string(failure.number) + " is over " +
           std::to_string(most_bytes) + ", as if it were negative";
  }
  if (failure.offset < 0) {
    return "the offset is negative (" + std::to_string(failure.offset) +
           "): the largest is 9223372036854775807";
  }
  const bool plain = (is_read(failure) || is_write(failure)) && !is_vectored(failure);
  if (plain && failure.number > most_offset - static_cast<std::uint64_t>(failure.offset)) {
    return "offset and length (" + std::to_string(failure.offset) + " + " +
           std::to_string(failure.number) + ") are together over 9223372036854775807";
  }
  constexpr auto both = static_cast<unsigned>(raw::rwf_append | raw::rwf_noappend);
  if ((failure.flags & both) == both) return "the flags append and no_append contradict each other";
  const unsigned priority_class = raw::ioprio_prio_class(failure.io_priority);
  const unsigned level = raw::ioprio_prio_data(failure.io_priority);
  if (priority_class > raw::ioprio_class_idle) {
    return "there is no I/O priority class " + std::to_string(priority_class);
  }
  if (priority_class == raw::ioprio_class_none && level != 0) {
    return "the I/O priority has the level " + std::to_string(level) +
           " but no class, and then the level must be 0";
  }
  return {};
}

// What an fsync or poll must not have.
std::string explain_surplus(const Failure& failure) {
  std::vector<std::string> surplus;
  if (failure.offset != 0) surplus.emplace_back("no offset");
  if (failure.number != 0) surplus.emplace_back("no length");
  if (failure.flags != 0 || failure.has(Failure::with_unknown_flags))
    surplus.emplace_back("no flags");
  if (is_sync(failure) && failure.has(Failure::with_buffer)) surplus.emplace_back("no buffer");
  if (!surplus.empty()) {
    return (is_poll(failure) ? "a " : "an ") + operation_of(failure) + " has " +
           list(surplus, "and");
  }
  if (failure.has(Failure::with_wide_mask)) return "the mask of the poll has more than 16 bits";
  return {};
}

// What is wrong for certain, whatever the file is.
std::string explain_request(const Failure& failure) {
  if (failure.has(Failure::with_reserved)) return "aio_reserved2 must be 0";
  if (is_read(failure) || is_write(failure)) return explain_numbers(failure);
  if (is_sync(failure) || is_poll(failure)) return explain_surplus(failure);
  return "no kernel has such a request";
}

std::string explain_transfer_of(const Failure& failure, FileKind kind) {
  if (kind == FileKind::directory) {
    return file_of(failure) + " is a directory, which has no bytes to " + operation_of(failure);
  }
  return {};
}

std::string explain_sync_of(const Failure& failure, FileKind kind) {
  constexpr KernelVersion since{4, 18};
  switch (kind) {
    case FileKind::regular:
    case FileKind::directory:
    case FileKind::block_device:
      break;
    default:
      return file_of(failure) + " is " + name_of(kind) + ", which has nothing to make durable";
  }
  if (!kernel_is_older_than(since)) return {};
  return operation_of(failure) + " needs " + name_of(since) + ", and this kernel is " +
         kernel_release();
}

std::string explain_poll_of(const Failure& failure, const FileStatus& status) {
  constexpr KernelVersion since{4, 19};
  if (kernel_is_older_than(since)) {
    return "a poll needs " + name_of(since) + ", and this kernel is " + kernel_release();
  }
  if (status.kind == FileKind::regular) {
    return file_of(failure) + " is a regular file, which is always ready to read and write, and " +
           "for nothing else";
  }
  if (status.kind == FileKind::fifo && status.readable() && status.writable()) {
    return file_of(failure) + " is a fifo open for reading and writing, which has two wait " +
           "queues, and a poll can wait in one only: open it for one of the two";
  }
  return {};
}

// What the file says, as it is now; nothing if it can do such a request.
std::string explain_file(const Failure& failure) {
  const auto status = file_status(failure.file);
  if (!status) return {};
  if (is_poll(failure)) return explain_poll_of(failure, *status);
  if (is_sync(failure)) return explain_sync_of(failure, status->kind);
  return explain_transfer_of(failure, status->kind);
}

std::string explain_invalid(const Failure& failure) {
  if (const std::string certain = explain_request(failure); !certain.empty()) return certain;
  if (const std::string certain = explain_file(failure); !certain.empty()) return certain;
  std::vector<std::string> causes;
  if (failure.has(Failure::with_eventfd)) {
    causes.emplace_back("what is to be notified is no eventfd");
  }
  if (is_poll(failure)) {
    causes.push_back(file_of(failure) + " has more than one wait queue (as a terminal's master), " +
                     "or none");
  } else {
    causes.push_back(file_of(failure) + " has no asynchronous " + operation_of(failure) +
                     " (as a file of /proc)");
  }
  if (is_vectored(failure))
    causes.emplace_back("the lengths of its buffers are too large together");
  return list(causes, "or");
}

std::string explain_forbidden(const Failure& failure) {
  std::vector<std::string> causes;
  if (raw::ioprio_prio_class(failure.io_priority) == raw::ioprio_class_rt) {
    causes.emplace_back("a real-time I/O priority needs CAP_SYS_NICE or CAP_SYS_ADMIN");
  }
  if ((failure.flags & static_cast<unsigned>(raw::rwf_noappend)) != 0) {
    causes.emplace_back("the file is append-only (chattr +a), which no_append cannot change");
  }
  causes.emplace_back("a seccomp filter or security module forbids it");
  return list(causes, "or");
}

}  // namespace

std::string explain_refusal(const Failure& failure) {
  const bool of_request = failure.opcode != Failure::no_request;
  switch (failure.code) {
    case EBADF:
      return of_request ? explain_bad_descriptor(failure) : std::string();
    case EINVAL:
      return of_request ? explain_invalid(failure) : std::string();
    case EFAULT:
      return is_vectored(failure)
                 ? "the array of its buffers, or one of them, is not in this process's memory"
                 : "the buffer is not in this process's memory";
    case EOPNOTSUPP:
      return explain_flags(failure);
    case EPERM:
      return explain_forbidden(failure);
    case ENOSYS:
      return "a seccomp filter hides io_submit: allow the io_* system calls";
    case EAGAIN:
      return "the kernel has no memory or no slot for it, though none of the context's requests "
             "keeps one: try again";
    case EIO:
      return "io_submit accepted nothing and gave no reason";
    default:
      return {};
  }
}

}  // namespace linux_aio::detail
