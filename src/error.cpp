#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <linux_aio/error.hpp>
#include <linux_aio/raw/abi.hpp>
#include <optional>

namespace linux_aio {
namespace {

const char* name_of(Call call) noexcept {
  switch (call) {
    case Call::allocate:
      return "allocate";
    case Call::acquire:
      return "BufferPool::acquire";
    case Call::open:
      return "open";
    case Call::close:
      return "close";
    case Call::statx:
      return "statx";
    case Call::eventfd:
      return "eventfd";
    case Call::io_setup:
      return "io_setup";
    case Call::io_getevents:
      return "io_getevents";
    case Call::io_pgetevents:
      return "io_pgetevents";
    case Call::io_cancel:
      return "io_cancel";
    case Call::commit:
      return "commit";
    case Call::io_destroy:
      return "io_destroy";
    case Call::submit:
      return "submit";
    case Call::wait:
      return "wait";
    case Call::close_context:
      return "Context::close";
    case Call::io_submit:
      return "io_submit";
    case Call::completion:
      return "completion";
  }
  return "unknown call";
}

const char* operation_of(std::uint8_t opcode) noexcept {
  switch (opcode) {
    case raw::iocb_cmd_pread:
    case raw::iocb_cmd_preadv:
      return "read";
    case raw::iocb_cmd_pwrite:
    case raw::iocb_cmd_pwritev:
      return "write";
    case raw::iocb_cmd_fsync:
      return "fsync";
    case raw::iocb_cmd_fdsync:
      return "fdatasync";
    case raw::iocb_cmd_poll:
      return "poll";
    default:
      return "request";
  }
}

constexpr std::uint64_t most_buffers = 1024;  // UIO_MAXIOV

bool is_vectored(std::uint8_t opcode) noexcept {
  return opcode == raw::iocb_cmd_preadv || opcode == raw::iocb_cmd_pwritev;
}

// "EINVAL (Invalid argument)"
std::string errno_text(int code) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 32)
  if (const char* name = ::strerrorname_np(code); name != nullptr) {
    return std::string(name) + " (" + ::strerrordesc_np(code) + ")";
  }
#endif
  return "errno " + std::to_string(code);
}

std::optional<std::uint64_t> read_number(const char* path) noexcept {
  std::FILE* const file = std::fopen(path, "re");
  if (file == nullptr) return std::nullopt;
  unsigned long long number = 0;
  const int fields = std::fscanf(file, "%llu", &number);
  std::fclose(file);
  if (fields != 1) return std::nullopt;
  return number;
}

std::string why_setup_is_full(std::uint64_t capacity) {
  std::string text = "the system-wide limit fs.aio-max-nr has no room for " +
                     std::to_string(capacity) + " more requests";
  const auto most = read_number("/proc/sys/fs/aio-max-nr");
  const auto used = read_number("/proc/sys/fs/aio-nr");
  if (most && used) {
    text += " (" + std::to_string(*used) + " of " + std::to_string(*most) + " are in use)";
  }
  constexpr std::uint64_t usual = 1'048'576;
  const std::uint64_t enough = std::max(usual, used.value_or(0) + capacity);
  return text + ": raise it with sysctl -w fs.aio-max-nr=" + std::to_string(enough) +
         ", or ask for a smaller capacity";
}

std::string explain_allocation(std::uint64_t size, std::uint64_t unit) {
  if (unit == 0) return "size and count must not be 0, and the alignment must be a power of two";
  return std::to_string(size) + " bytes are no multiple of " + std::to_string(unit) +
         ", which O_DIRECT needs on this file: allocate DirectIo::round_up(size)";
}

std::string explain_setup(int code, std::uint64_t capacity) {
  switch (code) {
    case EAGAIN:
      return why_setup_is_full(capacity);
    case EINVAL:
      return "the capacity must be 1 to 4194304, not " + std::to_string(capacity);
    case ENOSYS:
      return "this kernel was built without CONFIG_AIO";
    case EPERM:
      return "a seccomp filter forbids it: allow the io_* system calls";
    default:
      return {};
  }
}

std::string explain_refusal(int code, std::uint8_t opcode, std::uint64_t length) {
  const char* const operation = operation_of(opcode);
  switch (code) {
    case EBADF:
      return "the descriptor is closed, was opened with O_PATH, or not for this " +
             std::string(operation);
    case EINVAL:
      if (is_vectored(opcode) && length > most_buffers) {
        return "the kernel takes " + std::to_string(most_buffers) + " buffers at most";
      }
      if (opcode == raw::iocb_cmd_poll) {
        return "such a file cannot be polled for this (it has two wait queues, as a FIFO opened "
               "for "
               "reading and writing; a regular file only for in and out), or the context belongs "
               "to another process";
      }
      return "the kernel cannot do this " + std::string(operation) +
             " on such a file (a directory, a pipe for fsync), the offset is negative, or the "
             "context belongs to another process";
    case EFAULT:
      return "the buffer is not in this process's memory";
    case EOPNOTSUPP:
      return "the kernel or the file does not know one of the flags; a FIFO needs O_NONBLOCK";
    case EPERM:
      return "the I/O priority needs a capability, or a seccomp filter forbids io_submit";
    case EAGAIN:
      return "the kernel has no memory for the request";
    default:
      return {};
  }
}

// `bits`: those of offset, length and address together.
std::string explain_invalid_transfer(std::uint64_t bits, const char* operation) {
  constexpr std::uint64_t usual_alignment = 4096;
  const std::uint64_t alignment = bits & (~bits + 1);
  if (bits == 0 || alignment >= usual_alignment) {
    return "the file does not allow such a " + std::string(operation);
  }
  return "offset, length and address are only multiples of " + std::to_string(alignment) +
         "; an O_DIRECT file needs multiples of what File::direct_io() says";
}

std::string explain_completion(int code, const char* operation) {
  switch (code) {
    case EINTR:
      return "a signal interrupted it while io_submit blocked (an empty pipe): submit it again";
    case EFAULT:
      return "part of the buffer is not mapped, or not writable";
    case EAGAIN:
      return "it would have blocked, and no_wait (or O_NONBLOCK) says not to";
    case EOPNOTSUPP:
      return "the file system cannot do this " + std::string(operation) + " with these flags";
    case ESPIPE:
      return "a pipe or socket has no offsets: leave out .at()";
    case ENOSPC:
      return "the file system is full";
    case ECANCELED:
      return "it was cancelled, by Context::cancel or close";
    default:
      return {};
  }
}

std::string explain_context(int code) {
  switch (code) {
    case EINVAL:
      return "the context belongs to another process (was it forked?)";
    case EPERM:
    case ENOSYS:
      return "a seccomp filter forbids it: allow the io_* system calls";
    default:
      return {};
  }
}

std::string explain_submit(int code, std::uint64_t capacity) {
  if (code == EAGAIN && capacity == 0) {
    return "run() waits for room, or the kernel has none for what is staged: wait() makes it";
  }
  if (code == EAGAIN) {
    return "all " + std::to_string(capacity) +
           " slots are in flight: wait() makes room, or create the context with more capacity";
  }
  return code == EINVAL ? explain_context(code) : "the context was closed";
}

}  // namespace

Error::Error(Call call, int code, const raw::iocb& request) noexcept
    : offset_(static_cast<std::uint64_t>(request.aio_offset)),
      length_(request.aio_nbytes),
      address_(static_cast<std::uint32_t>(request.aio_buf)),
      code_(code),
      call_(call),
      opcode_(static_cast<std::uint8_t>(request.aio_lio_opcode)) {}

std::string Error::message() const {
  const bool of_request = call_ == Call::io_submit || call_ == Call::completion;
  const bool is_transfer = opcode_ == raw::iocb_cmd_pread || opcode_ == raw::iocb_cmd_pwrite;
  const char* const operation = operation_of(opcode_);
  std::string text;
  if (of_request) {
    text = operation;
    if (is_transfer || is_vectored(opcode_)) {
      text += " of " + std::to_string(length_) + (is_transfer ? " bytes" : " buffers") +
              " at offset " + std::to_string(offset_);
    }
    text += call_ == Call::io_submit ? " was refused by io_submit: " : " failed: ";
  } else {
    text = std::string(name_of(call_)) + ": ";
  }
  text += errno_text(code_);
  std::string why;
  switch (call_) {
    case Call::io_setup:
      why = explain_setup(code_, length_);
      break;
    case Call::io_submit:
      why = explain_refusal(code_, opcode_, length_);
      break;
    case Call::completion:
      why = code_ == EINVAL && is_transfer
                ? explain_invalid_transfer(offset_ | length_ | address_, operation)
                : explain_completion(code_, operation);
      break;
    case Call::submit:
      why = explain_submit(code_, length_);
      break;
    case Call::wait:
      why = code_ == EINVAL ? explain_context(code_)
                            : "nothing is in flight but what open Commits hold back, so there is "
                              "nothing to wait for";
      break;
    case Call::close_context:
      why = std::to_string(length_) + " requests are still in flight; the context stays open";
      break;
    case Call::commit:
      why = "a write before it failed or was short, so it was not sent";
      break;
    case Call::io_getevents:
    case Call::io_pgetevents:
    case Call::io_cancel:
    case Call::io_destroy:
      why = explain_context(code_);
      break;
    case Call::allocate:
      if (code_ == EINVAL) why = explain_allocation(length_, offset_);
      break;
    case Call::acquire:
      why = "all " + std::to_string(length_) +
            " buffers of the pool are out: complete requests first, or create it with more";
      break;
    case Call::statx:
      if (code_ == EOPNOTSUPP) why = "there is no direct I/O on such a file: do without O_DIRECT";
      break;
    case Call::open:
    case Call::close:
    case Call::eventfd:
      break;
  }
  if (!why.empty()) text += ": " + why;
  return text;
}

}  // namespace linux_aio
