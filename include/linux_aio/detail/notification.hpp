// Notification: the eventfd that tells of a request's completion.
#pragma once

#include <linux_aio/event_fd.hpp>
#include <linux_aio/raw/prep.hpp>
#include <utility>

namespace linux_aio::detail {

/// Adds 1 to an eventfd when a request is complete: after poll() can see it, and also if the kernel
/// refused it; not for what the context refuses at once, being closed. The eventfd is borrowed
/// until the kernel has accepted the request, as its file is. Errors: EBADF, EINVAL at submission.
/// Since Linux 2.6.22. Source: eventfd(2).
class Notification {
 public:
  constexpr Notification() noexcept = default;
  explicit Notification(const EventFd& event_fd) noexcept : number_(event_fd.number()) {}

  void apply_to(raw::iocb& request) const noexcept {
    if (number_ >= 0) raw::set_eventfd(request, number_);
  }

 private:
  int number_ = -1;
};

}  // namespace linux_aio::detail
