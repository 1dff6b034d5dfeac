// Notification: the eventfd that tells of a request's completion.
#pragma once

#include <linux_aio/event_fd.hpp>
#include <linux_aio/raw/prep.hpp>
#include <utility>

namespace linux_aio::detail {

/// The eventfd of a request, if it has one; see EventFd.
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
