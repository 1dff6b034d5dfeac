#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <linux_aio/event_fd.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/kernel_capabilities.hpp>
#include <linux_aio/raw/ioprio.hpp>
#include <linux_aio/raw/prep.hpp>

#include "src/aio_limits.hpp"
#include "src/kernel_version.hpp"
#include "src/probe/trial_context.hpp"

namespace linux_aio {
namespace {

using detail::Direction;
using detail::TrialContext;

// What the trials are made with.
struct Files {
  File memory;  // a file that every process can have
  File pipe_to_read;
  File pipe_to_write;
  EventFd event;
};

Result<Files> make_files() noexcept {
  const auto failed = [] { return std::unexpected(Error(Call::open, errno)); };
  const int memory = ::memfd_create("linux_aio_probe", MFD_CLOEXEC);
  if (memory < 0) return failed();
  File memory_file(memory);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return failed();
  File pipe_to_read(ends[0]);
  File pipe_to_write(ends[1]);
  Result<EventFd> event = EventFd::create();
  if (!event) return std::unexpected(event.error());
  return Files{.memory = std::move(memory_file),
               .pipe_to_read = std::move(pipe_to_read),
               .pipe_to_write = std::move(pipe_to_write),
               .event = *std::move(event)};
}

class Requests {
 public:
  Requests(const TrialContext& context, const Files& files) noexcept
      : context_(context), files_(files) {}

  void try_all(KernelCapabilities& found) noexcept {
    const int fd = files_.memory.number();
    raw::iocb request{};
    raw::prep_pwrite(request, fd, byte_.data(), byte_.size(), 0);
    found.write = judge(context_.answer_to(request), 1);
    raw::prep_pwritev(request, fd, segments_.data(), segments_.size(), 0);
    found.vectored_write = judge(context_.answer_to(request), 1);
    found.read = judge(context_.answer_to(read()), 1);
    raw::prep_preadv(request, fd, segments_.data(), segments_.size(), 0);
    found.vectored_read = judge(context_.answer_to(request), 1);
    raw::prep_fsync(request, fd);
    found.fsync = judge(context_.answer_to(request), 0);
    raw::prep_fdsync(request, fd);
    found.fdatasync = judge(context_.answer_to(request), 0);
    found.poll = try_poll();
    found.eventfd = try_eventfd();
    found.io_priority = try_io_priority();
    for (auto& [flag, trial] : found.flags.read) trial = try_flag(Direction::read, flag);
    for (auto& [flag, trial] : found.flags.write) trial = try_flag(Direction::write, flag);
  }

 private:
  static Trial judge(const TrialContext::Answer& answer, std::int64_t expected) noexcept {
    if (!answer.accepted) {
      // These files can do it, so it is the kernel that cannot.
      if (answer.result == -EINVAL) return {.finding = Finding::missing, .code = EINVAL};
      return detail::trial_of(static_cast<int>(-answer.result));
    }
    if (!answer.reaped) return {.finding = Finding::undecided, .code = 0};
    if (answer.result == expected) return {.finding = Finding::works, .code = 0};
    return {.finding = Finding::failed,
            .code = answer.result < 0 ? static_cast<int>(-answer.result) : EIO};
  }

  [[nodiscard]] raw::iocb read() noexcept {
    raw::iocb request{};
    raw::prep_pread(request, files_.memory.number(), byte_.data(), byte_.size(), 0);
    return request;
  }

  // An empty pipe has room for something to write.
  [[nodiscard]] Trial try_poll() const noexcept {
    raw::iocb request{};
    raw::prep_poll(request, files_.pipe_to_write.number(), raw::pollout);
    TrialContext::Answer answer = context_.answer_to(request);
    if (answer.result > 0) answer.result &= raw::pollout;
    return judge(answer, raw::pollout);
  }

  Trial try_eventfd() noexcept {
    raw::iocb request = read();
    raw::set_eventfd(request, files_.event.number());
    const TrialContext::Answer answer = context_.answer_to(request);
    if (!answer.accepted) return judge(answer, 1);
    const bool notified = files_.event.drain() == 1U;
    return {.finding = notified ? Finding::works : Finding::missing, .code = 0};
  }

  Trial try_io_priority() noexcept {
    raw::iocb request = read();
    // A kernel that does not look at priorities takes one that does not exist.
    raw::set_ioprio(request, raw::ioprio_prio_value(raw::ioprio_class_invalid, 0));
    if (context_.answer_to(request).accepted) return {.finding = Finding::missing, .code = 0};
    raw::set_ioprio(request, raw::ioprio_prio_value(raw::ioprio_class_be, raw::ioprio_norm));
    return judge(context_.answer_to(request), 1);
  }

  template <class Flag>
  [[nodiscard]] Trial try_flag(Direction direction, Flag flag) const noexcept {
    const auto bits = static_cast<raw::kernel_rwf_t>(flag);
    if (const Finding known = context_.knows(files_.memory.number(), direction, bits);
        known != Finding::undecided) {
      return {.finding = known, .code = known == Finding::missing ? EOPNOTSUPP : 0};
    }
    // An older kernel: what one of the files supports is known, the rest is not decided.
    const int pipe =
        direction == Direction::read ? files_.pipe_to_read.number() : files_.pipe_to_write.number();
    int code = 0;
    for (const int fd : {files_.memory.number(), pipe}) {
      code = context_.refusal_of(fd, direction, bits);
      if (code == EFAULT) return {.finding = Finding::works, .code = 0};
    }
    if (code == EOPNOTSUPP) return {.finding = Finding::undecided, .code = code};
    if (code == EINVAL) return {.finding = Finding::missing, .code = code};
    return detail::trial_of(code);
  }

  std::array<std::byte, 1> byte_{};
  std::array<::iovec, 1> segments_{{{.iov_base = byte_.data(), .iov_len = byte_.size()}}};
  const TrialContext& context_;
  const Files& files_;
};

}  // namespace

std::optional<Error> KernelCapabilities::obstacle() const noexcept {
  if (!io_setup.works()) return Error(Call::io_setup, io_setup.code, TrialContext::capacity);
  if (!io_submit.works()) return Error(Call::io_submit, io_submit.code);
  if constexpr (raw::nr_io_getevents == raw::nr_absent) {
    if (!io_pgetevents.works()) return Error(Call::io_pgetevents, io_pgetevents.code);
  } else {
    if (!io_getevents.works()) return Error(Call::io_getevents, io_getevents.code);
  }
  return std::nullopt;
}

Result<KernelCapabilities> probe_kernel() noexcept {
  KernelCapabilities found;
  found.release = detail::kernel_release();
  found.aio_max_nr = detail::aio_max_nr();
  found.aio_nr = detail::aio_nr();
  TrialContext context;
  found.io_setup = context.io_setup();
  found.io_submit = context.io_submit();
  found.io_getevents = context.io_getevents();
  found.io_pgetevents = context.io_pgetevents();
  found.io_cancel = context.io_cancel();
  if (found.io_submit.works()) {
    const Result<Files> files = make_files();
    if (!files) return std::unexpected(files.error());
    Requests(context, *files).try_all(found);
  }
  found.io_destroy = context.io_destroy();
  return found;
}

}  // namespace linux_aio
