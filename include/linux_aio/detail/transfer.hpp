// What a read and a write have in common: where in the file, how, and which part of a buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux_aio/buffer.hpp>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/detail/notification.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/io_priority.hpp>
#include <linux_aio/raw/prep.hpp>
#include <linux_aio/rw_flags.hpp>
#include <span>
#include <utility>

namespace linux_aio::detail {

struct TransferOptions {
  BorrowedFd file;
  std::uint32_t flags = 0;
  std::uint64_t offset = 0;
  std::int32_t priority = -1;  // the bits of an IoPriority, if any: an optional costs a copy
  Notification notification = {};

  /// Adds to a prepared iocb what the raw prep functions do not take.
  void apply_to(raw::iocb& request) const noexcept {
    // A pipe or socket would block io_submit, and with it the program.
    const std::uint32_t all = flags | file.forced_flags();
    raw::set_rw_flags(request, static_cast<raw::kernel_rwf_t>(all));
    if (priority >= 0) raw::set_ioprio(request, static_cast<std::uint16_t>(priority));
    notification.apply_to(request);
  }

  [[nodiscard]] std::int64_t kernel_offset() const noexcept {
    return static_cast<std::int64_t>(offset);
  }
};

/// The setters of `Derived`, a read or write with or without its buffer. Setters take the request
/// from an rvalue and return it, so a request is built in one expression and never half-changed.
template <class Derived, class Flag>
class TransferSetters {
 public:
  /// Where in the file the transfer begins, in bytes; 0 if never called. For a pipe or socket: 0.
  [[nodiscard]] Derived at(std::uint64_t offset) && noexcept {
    options_.offset = offset;
    return itself();
  }

  /// The flags of the transfer; replaces those given before.
  [[nodiscard]] Derived flags(FlagSet<Flag> flags) && noexcept {
    options_.flags = flags.bits();
    return itself();
  }

  /// The I/O priority; without it that of the thread (ioprio_set(2)). Errors: EPERM at submission.
  /// Since Linux 4.18.
  [[nodiscard]] Derived priority(IoPriority priority) && noexcept {
    options_.priority = priority.bits();
    return itself();
  }

  /// Adds 1 to `event_fd` when the request is complete; see Notification.
  [[nodiscard]] Derived notify(const EventFd& event_fd) && noexcept {
    options_.notification = Notification(event_fd);
    return itself();
  }
  void notify(EventFd&&) && = delete;

 protected:
  explicit TransferSetters(const TransferOptions& options) noexcept : options_(options) {}

  TransferOptions options_;

 private:
  [[nodiscard]] Derived itself() noexcept { return std::move(static_cast<Derived&>(*this)); }
};

/// `length` bytes from `position`; where there are fewer, ends the program with `what`.
template <class Byte>
[[nodiscard]] std::span<Byte> part_of(std::span<Byte> bytes, std::size_t position,
                                      std::size_t length, const char* what) noexcept {
  if (position > bytes.size() || length > bytes.size() - position) fatal(what);
  return bytes.subspan(position, length);
}

/// All bytes of a buffer, as a span of dynamic extent whatever its traits return.
template <Buffer B>
[[nodiscard]] auto bytes_of(B& buffer) noexcept {
  if constexpr (MutableBuffer<B>) {
    return std::span<std::byte>(buffer_traits<B>::bytes(buffer));
  } else {
    return std::span<const std::byte>(buffer_traits<B>::bytes(buffer));
  }
}

/// A buffer and which part of it the kernel uses.
template <Buffer B>
class BufferPart {
 public:
  explicit BufferPart(B&& whole) noexcept
      : buffer(std::move(whole)), length_(bytes_of(buffer).size()) {}

  void narrow(std::size_t position, std::size_t length) noexcept {
    static_cast<void>(part_of(bytes_of(buffer), position, length,
                              "slice(position, length) reaches past the end of the request's "
                              "buffer"));
    position_ = position;
    length_ = length;
  }

  [[nodiscard]] auto bytes() noexcept {
    if constexpr (!buffer_traits<B>::owns) {
      return bytes_of(buffer).subspan(position_, length_);  // nobody can take a borrowed one away
    } else {
      return part_of(bytes_of(buffer), position_, length_,
                     "a request was used after its buffer was taken");
    }
  }

  [[nodiscard]] std::size_t position() const noexcept { return position_; }

  template <class Visit>
  void visit_exclusive_memory(Visit&& visit) noexcept {
    if constexpr (MutableBuffer<B>) visit(bytes());
  }

  B buffer;

 private:
  std::size_t position_ = 0;
  std::size_t length_;
};

/// A transfer with its buffer. `InFlight` is a BufferPart that knows its completion.
template <class Derived, Buffer B, class Flag, class InFlight>
class BufferedTransfer : public TransferSetters<Derived, Flag> {
 public:
  static constexpr bool owns_memory = buffer_traits<B>::owns;

  /// Uses only `length` bytes from `position` of the buffer; reaching past its end ends the
  /// program.
  [[nodiscard]] Derived slice(std::size_t position, std::size_t length) && noexcept {
    in_flight_.narrow(position, length);
    return std::move(static_cast<Derived&>(*this));
  }

  /// Takes the buffer back out of a request that was not accepted.
  [[nodiscard]] B release() && noexcept { return std::move(in_flight_.buffer); }

  // What a context needs of a request, besides lower().
  [[nodiscard]] InFlight& in_flight() noexcept { return in_flight_; }

 protected:
  BufferedTransfer(const TransferOptions& options, B&& buffer) noexcept
      : TransferSetters<Derived, Flag>(options), in_flight_(std::move(buffer)) {}

 private:
  InFlight in_flight_;
};

}  // namespace linux_aio::detail
