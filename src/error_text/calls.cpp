#include <algorithm>
#include <cerrno>

#include "src/aio_limits.hpp"
#include "src/error_text/text.hpp"

namespace linux_aio::detail {
namespace {

std::string why_setup_is_full(std::uint64_t capacity) {
  std::string text = "the limit for all processes together, fs.aio-max-nr, ";
  const auto most = aio_max_nr();
  const auto used = aio_nr();
  if (most && used) {
    text += "is " + std::to_string(*most) + ", of which " + std::to_string(*used) +
            " are in use now: there was no room for ";
  } else {
    text += "had no room for ";
  }
  constexpr std::uint64_t usual = 1'048'576;
  const std::uint64_t enough = std::max(usual, used.value_or(0) + capacity);
  return text + std::to_string(capacity) +
         " more; raise it with sysctl -w fs.aio-max-nr=" + std::to_string(enough) +
         ", or ask for a smaller capacity";
}

}  // namespace

std::string explain_allocate(const Failure& failure) {
  if (failure.code != EINVAL) return {};
  if (failure.offset == 0) {
    return "size and count must not be 0, and the alignment must be a power of two";
  }
  return std::to_string(failure.number) + " bytes are no multiple of " +
         std::to_string(failure.offset) +
         ", which O_DIRECT needs on this file: allocate DirectIo::round_up(size)";
}

std::string explain_acquire(const Failure& failure) {
  if (failure.code != ENOBUFS) return {};
  return "all " + std::to_string(failure.number) +
         " buffers of the pool are out: complete requests first, or create it with more";
}

std::string explain_open(const Failure& failure) {
  switch (failure.code) {
    case EINVAL:
      if (failure.number == 0) return "the file system may not permit such a name";
      return "the file system may have no O_DIRECT: then open without .direct";
    case EMFILE:
      return "the process has as many descriptors as ulimit -n allows: raise it, or close some";
    default:
      return {};
  }
}

std::string explain_statx(const Failure& failure) {
  if (failure.code != EOPNOTSUPP) return {};
  return "there is no direct I/O on such a file: do without O_DIRECT";
}

std::string explain_setup(const Failure& failure) {
  switch (failure.code) {
    case EAGAIN:
      return why_setup_is_full(failure.number);
    case EINVAL:
      return "the capacity must be 1 to 4194304, not " + std::to_string(failure.number);
    case ENOMEM:
      return "the kernel has no memory for the completion ring: ask for a smaller capacity";
    case ENOSYS:
      return "this kernel was built without CONFIG_AIO, or a seccomp filter hides the io_* system "
             "calls";
    case EPERM:
      return "a seccomp filter or security module forbids it: allow the io_* system calls";
    default:
      return {};
  }
}

std::string explain_context(const Failure& failure) {
  switch (failure.code) {
    case EINVAL:
      return "the context belongs to another process (was it forked?)";
    case EPERM:
    case ENOSYS:
      return "a seccomp filter forbids it: allow the io_* system calls";
    default:
      return {};
  }
}

std::string explain_submit(const Failure& failure) {
  switch (failure.code) {
    case EAGAIN:
      if (failure.number == 0) {
        return "run() waits for room, or the kernel has none for what is staged: wait() makes it";
      }
      return "all " + std::to_string(failure.number) +
             " slots are in flight: wait() makes room, or create the context with more capacity";
    case ESHUTDOWN:
      return "the context was closed";
    default:
      return explain_context(failure);
  }
}

std::string explain_wait(const Failure& failure) {
  if (failure.code != EDEADLK) return explain_context(failure);
  return "nothing is in flight but what open Commits hold back, so there is nothing to wait for";
}

std::string explain_close_context(const Failure& failure) {
  if (failure.code != ETIMEDOUT) return {};
  return count(failure.number, "request") + (failure.number == 1 ? " is" : " are") +
         " still in flight; the context stays open";
}

std::string explain_whole_transfer(const Failure& failure) {
  switch (failure.code) {
    case ENODATA:
      return "the file ended before the buffer was full";
    case EIO:
      return "the file took no more bytes, and gave no reason";
    default:
      return {};
  }
}

std::string explain_commit(const Failure& failure) {
  if (failure.code != ECANCELED) return {};
  constexpr const char* remedy = ": send the writes again, then the sync";
  switch (const int cause = static_cast<int>(failure.number)) {
    case EIO:
      return std::string("a write before it was short, or failed with EIO") + remedy;
    case ECANCELED:
      return "its commit was not sealed, or a write before it was cancelled";
    default:
      return "a write before it failed with " + errno_text(cause) + remedy;
  }
}

}  // namespace linux_aio::detail
