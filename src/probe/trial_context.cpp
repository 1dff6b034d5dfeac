#include "src/probe/trial_context.hpp"

#include <cerrno>
#include <linux_aio/raw/prep.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <utility>

namespace linux_aio::detail {
namespace {

Trial trial_of_call(long result) noexcept {
  return trial_of(result < 0 ? static_cast<int>(-result) : 0);
}

long getevents(raw::aio_context_t context, long least, raw::io_event& event, int seconds) noexcept {
  raw::getevents_timespec timeout{};
  timeout.tv_sec = seconds;
  return raw::io_getevents(context, least, 1, &event, &timeout);
}

// In the form that this ABI has.
long pgetevents(raw::aio_context_t context, long least, raw::io_event& event,
                int seconds) noexcept {
  raw::pgetevents_timespec timeout{};
  timeout.tv_sec = seconds;
  const long result = raw::io_pgetevents(context, least, 1, &event, &timeout, nullptr);
  if (result != -ENOSYS) return result;
  raw::kernel_timespec timeout64{};
  timeout64.tv_sec = seconds;
  return raw::io_pgetevents_time64(context, least, 1, &event, &timeout64, nullptr);
}

}  // namespace

Trial trial_of(int code) noexcept {
  switch (code) {
    case 0:
      return {.finding = Finding::works, .code = 0};
    case ENOSYS:
      return {.finding = Finding::missing, .code = code};
    case EPERM:
      return {.finding = Finding::forbidden, .code = code};
    default:
      return {.finding = Finding::failed, .code = code};
  }
}

TrialContext::TrialContext() noexcept
    : io_setup_(trial_of_call(raw::io_setup(capacity, &handle_))) {
  if (!io_setup_.works()) return;
  raw::io_event event{};
  io_getevents_ = trial_of_call(getevents(handle_, 0, event, 0));
  io_pgetevents_ = trial_of_call(pgetevents(handle_, 0, event, 0));
}

TrialContext::~TrialContext() {
  if (handle_ != 0) static_cast<void>(raw::io_destroy(handle_));
}

Trial TrialContext::io_submit() const noexcept {
  if (handle_ == 0) return {};
  return trial_of_call(raw::io_submit(handle_, 0, nullptr));
}

Trial TrialContext::io_cancel() const noexcept {
  if (handle_ == 0) return {};
  raw::iocb never_submitted{};
  raw::io_event event{};
  const long result = raw::io_cancel(handle_, &never_submitted, &event);
  return trial_of_call(result == -EINVAL ? 0 : result);
}

Trial TrialContext::io_destroy() noexcept {
  if (handle_ == 0) return {};
  return trial_of_call(raw::io_destroy(std::exchange(handle_, 0)));
}

long TrialContext::reap(long least, raw::io_event& event) const noexcept {
  constexpr int seconds = 1;
  long result = -ENOSYS;
  do {
    if (io_getevents_.works()) {
      result = getevents(handle_, least, event, seconds);
    } else if (io_pgetevents_.works()) {
      result = pgetevents(handle_, least, event, seconds);
    }
  } while (result == -EINTR);
  return result;
}

TrialContext::Answer TrialContext::answer_to(raw::iocb request) const noexcept {
  raw::iocb* pointer = &request;
  long submitted = 0;
  do {
    submitted = raw::io_submit(handle_, 1, &pointer);
  } while (submitted == -EINTR);
  if (submitted != 1) return {.accepted = false, .reaped = false, .result = submitted};
  raw::io_event event{};
  const bool reaped = reap(1, event) == 1;
  return {.accepted = true, .reaped = reaped, .result = event.res};
}

int TrialContext::refusal_of(int fd, Direction direction, raw::kernel_rwf_t flags) const noexcept {
  raw::iocb request{};
  if (direction == Direction::read) {
    raw::prep_preadv(request, fd, nullptr, 1, 0);
  } else {
    raw::prep_pwritev(request, fd, nullptr, 1, 0);
  }
  raw::set_rw_flags(request, flags);
  const Answer answer = answer_to(request);
  return answer.accepted ? 0 : static_cast<int>(-answer.result);
}

Finding TrialContext::knows(int fd, Direction direction, raw::kernel_rwf_t flag) const noexcept {
  // Two flags that contradict each other are EINVAL, but only after all flags were found to be
  // known, and before the file is asked (kiocb_set_rw_flags() in include/linux/fs.h).
  constexpr raw::kernel_rwf_t contradiction = raw::rwf_append | raw::rwf_noappend;
  constexpr raw::kernel_rwf_t known_to_none = 1 << 30;
  const bool tells = refusal_of(fd, direction, contradiction) == EINVAL &&
                     refusal_of(fd, direction, contradiction | known_to_none) == EOPNOTSUPP;
  if (!tells) return Finding::undecided;
  return refusal_of(fd, direction, contradiction | flag) == EINVAL ? Finding::works
                                                                   : Finding::missing;
}

}  // namespace linux_aio::detail
