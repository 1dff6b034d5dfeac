// What is said of a read or write: .at(offset), .flags(...), .priority(...), .notify(...),
// .slice(...).
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux_aio/buffer.hpp>
#include <linux_aio/detail/notification.hpp>
#include <linux_aio/detail/transfer.hpp>
#include <linux_aio/event_fd.hpp>
#include <linux_aio/flag_set.hpp>
#include <linux_aio/io_priority.hpp>
#include <utility>

namespace linux_aio {

/// What reads and writes have in common, with or without their buffer. Setters take the request
/// from an rvalue and return it, so a request is built in one expression and never half-changed.
template <class Derived, class Flag>
class TransferSetters {
 public:
  /// Where in the file the transfer begins, in bytes; 0 if never called. For a pipe or socket: 0.
  ///
  /// Errors, in the completion: EINVAL (more than 63 bits, or misaligned for O_DIRECT), EFBIG (a
  /// write beyond the largest file), ESPIPE (other than 0 in a socket). Since Linux 2.6. Source:
  /// pread(2), rw_verify_area() in the kernel.
  [[nodiscard]] Derived at(std::uint64_t offset) && noexcept {
    options_.offset = offset;
    return itself();
  }

  /// The flags of the transfer; replaces those given before.
  ///
  /// Errors, in the completion: EOPNOTSUPP (the file, or an older kernel, does not have one of
  /// them), EINVAL (flags that exclude each other, or before Linux 4.13). Each flag says since
  /// which Linux. Source: preadv2(2), kiocb_set_rw_flags() in the kernel.
  [[nodiscard]] Derived flags(FlagSet<Flag> flags) && noexcept {
    options_.flags = flags.bits();
    return itself();
  }

  /// The I/O priority; without it that of the thread.
  ///
  /// Errors, in the completion: EPERM, see IoPriority. Since Linux 4.18. Source: ioprio_set(2).
  [[nodiscard]] Derived priority(IoPriority priority) && noexcept {
    options_.priority = priority.bits();
    return itself();
  }

  /// Adds 1 to `event_fd` when the request is complete; see EventFd.
  [[nodiscard]] Derived notify(const EventFd& event_fd) && noexcept {
    options_.notification = detail::Notification(event_fd);
    return itself();
  }
  void notify(EventFd&&) && = delete;

 protected:
  /// @cond
  explicit TransferSetters(const detail::TransferOptions& options) noexcept : options_(options) {}

  detail::TransferOptions options_;
  /// @endcond

 private:
  [[nodiscard]] Derived itself() noexcept { return std::move(static_cast<Derived&>(*this)); }
};

/// What reads and writes have in common that have their buffer.
template <class Derived, Buffer B, class Flag, class InFlight>
class BufferedTransfer : public TransferSetters<Derived, Flag> {
 public:
  /// @cond
  static constexpr bool owns_memory = buffer_traits<B>::owns;
  /// @endcond

  /// Uses only `length` bytes from `position` of the buffer; reaching past its end ends the
  /// program.
  [[nodiscard]] Derived slice(std::size_t position, std::size_t length) && noexcept {
    in_flight_.narrow(position, length);
    return std::move(static_cast<Derived&>(*this));
  }

  /// Takes the buffer back out of a request that was not accepted, which has none then.
  [[nodiscard]] B release() && noexcept { return std::move(in_flight_.buffer); }

  /// @cond
  // What a context needs of a request, besides lower().
  [[nodiscard]] InFlight& in_flight() noexcept { return in_flight_; }

 protected:
  BufferedTransfer(const detail::TransferOptions& options, B&& buffer) noexcept
      : TransferSetters<Derived, Flag>(options), in_flight_(std::move(buffer)) {}
  /// @endcond

 private:
  InFlight in_flight_;
};

}  // namespace linux_aio
