// EventFd: a counter in the kernel that requests add to and epoll can wait for.
#pragma once

#include <cstdint>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/file.hpp>
#include <utility>

namespace linux_aio {

/// An eventfd, non-blocking and closed on exec. Move-only; closes its descriptor when destroyed. A
/// moved-from EventFd has none, and using it ends the program.
///
/// For an event loop: give it to requests, and number() to epoll(7). When it is readable, first
/// drain(), then Context::poll(): the other way round, a completion in between would be missed.
/// poll() submits what its continuations stage; after staging elsewhere, Context::flush() before
/// the loop sleeps: what is only staged wakes nobody.
///
/// A request that has one, by .notify(event_fd), adds 1 to it when it is complete: after poll() can
/// see it, and also if the kernel refused it; not for what the context refuses at once, being
/// closed. The EventFd is borrowed until the kernel has accepted the request, as its file is.
/// Errors, in the completion: EBADF, EINVAL. Since Linux 2.6.22. Source: io_submit(2).
class LINUX_AIO_CONSUMABLE EventFd {
 public:
  /// Makes an eventfd whose counter is 0.
  ///
  /// Ownership: the EventFd owns the descriptor; after failure there is none. Errors: EMFILE,
  /// ENFILE, ENODEV, ENOMEM. Since Linux 2.6.27. Source: eventfd(2).
  [[nodiscard]] static Result<EventFd> create() noexcept;

  /// Takes the descriptor of `other`, which has none then.
  LINUX_AIO_RETURNS_UNCONSUMED EventFd(EventFd&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  /// Closes its own descriptor and takes that of `other`, which has none then.
  LINUX_AIO_SETS_UNCONSUMED EventFd& operator=(EventFd&& other) noexcept;
  EventFd(const EventFd&) = delete;
  EventFd& operator=(const EventFd&) = delete;

  /// Closes the descriptor. The kernel still counts what was submitted with it.
  ~EventFd();

  /// The descriptor's number; it stays owned by this EventFd.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] int number() const noexcept {
    if (fd_ < 0) detail::fatal("an EventFd was used after it was moved from");
    return fd_;
  }

  /// Gives the descriptor up to the caller, who closes it.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] int release() && noexcept {
    return static_cast<void>(number()), std::exchange(fd_, -1);
  }

  /// Lends the descriptor to a request. Not from a temporary EventFd: it would be closed at once.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] operator BorrowedFd()  // NOLINT(*-explicit-*)
      const& noexcept LINUX_AIO_LIFETIMEBOUND {
    return BorrowedFd(number());
  }
  operator BorrowedFd() const&& = delete;

  /// Sets the counter back to 0 and returns what it was: completions and signals since the last
  /// time, 0 if there were none. Never waits.
  ///
  /// Errors: EBADF (somebody else closed the descriptor). Source: read(2) in eventfd(2).
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] Result<std::uint64_t> drain() const noexcept;

  /// Adds 1, which wakes whoever waits for the descriptor; from any thread. Never waits: a counter
  /// that is full wakes as well.
  ///
  /// Errors: EBADF (somebody else closed the descriptor). Source: write(2) in eventfd(2).
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] Result<void> signal() const noexcept;

 private:
  LINUX_AIO_RETURNS_UNCONSUMED explicit EventFd(int fd) noexcept : fd_(fd) {}

  int fd_;
};

}  // namespace linux_aio
