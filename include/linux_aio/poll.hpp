// poll(file, events): waits until a descriptor is ready, once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux_aio/detail/notification.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/event_fd.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/poll_events.hpp>
#include <linux_aio/raw/prep.hpp>

namespace linux_aio {

/// What became of a poll.
struct [[nodiscard]] PollCompletion {
  /// The events that are there: of those asked for, and `error` and `hang_up` whether asked or not.
  Result<PollEvents> result;
};

/// A poll: a request, ready for Context::run, submit or async.
class [[nodiscard]] Poll {
 public:
  /// What the request becomes.
  using Completion = PollCompletion;
  /// @cond
  static constexpr bool owns_memory = true;

  Poll(BorrowedFd file, PollEvents events) noexcept : file_(file), in_flight_{events} {}
  /// @endcond

  /// Adds 1 to `event_fd` when the request is complete; see EventFd.
  [[nodiscard]] Poll notify(const EventFd& event_fd) && noexcept {
    notification_ = detail::Notification(event_fd);
    return *this;
  }
  void notify(EventFd&&) && = delete;

  /// @cond
  // What a context needs of every request.
  void lower(raw::iocb& request) noexcept {
    raw::prep_poll(request, file_.number(), static_cast<std::uint16_t>(in_flight_.events.bits()));
    notification_.apply_to(request);
  }
  struct InFlight {
    using MayNeverComplete = void;

    PollEvents events;

    template <class Visit>
    void visit_exclusive_memory(Visit&& /*visit*/) noexcept {}
    [[nodiscard]] Completion complete(const Result<std::size_t>& outcome) && noexcept {
      if (!outcome) return {std::unexpected(outcome.error())};
      return {detail::answer_to(events, static_cast<std::uint32_t>(*outcome))};
    }
  };
  [[nodiscard]] InFlight& in_flight() noexcept { return in_flight_; }
  /// @endcond

 private:
  BorrowedFd file_;
  InFlight in_flight_;
  detail::Notification notification_;
};

/// Waits until one of `events` is there on `file`, once: poll again for the next. The only request
/// that Context::cancel can cancel in the kernel; Context::close cancels it.
///
/// Ownership: the file is borrowed until the kernel has accepted the request, which then holds the
/// file itself: closing the descriptor does not complete a poll. A regular file is always ready. A
/// signalfd completes only with a signal that is pending at submission (seen on Linux 6.18): give
/// Context::wait a signal mask.
/// Errors, in the completion: EBADF, EINVAL (a file with two wait queues that is not ready, as a
/// FIFO opened for reading and writing; a regular file polled for neither in nor out; a kernel
/// before 4.19), ECANCELED. Since Linux 4.19. Source: poll(2), aio_poll() in fs/aio.c.
inline Poll poll(BorrowedFd file, PollEvents events) noexcept { return {file, events}; }

}  // namespace linux_aio
