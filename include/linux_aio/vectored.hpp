// Reads and writes of a range of buffers: preadv and pwritev.
#pragma once

#include <sys/uio.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <linux_aio/buffer.hpp>
#include <linux_aio/detail/parts.hpp>
#include <linux_aio/detail/transfer.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/raw/prep.hpp>
#include <linux_aio/rw_flags.hpp>
#include <linux_aio/transfer.hpp>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace linux_aio {

/// Buffers that one request reads into, or writes from, one after the other: a std::vector or
/// std::array of buffers, which the request takes; or a std::span of buffers, which it borrows. A
/// view that makes buffers as it goes is none, unless they borrow. The kernel takes 1024 at most.
template <class T>
concept BufferRange =
    !Buffer<T> && std::ranges::forward_range<T&> && std::movable<T> &&
    std::is_nothrow_move_constructible_v<T> && Buffer<std::ranges::range_value_t<T&>> &&
    (std::is_lvalue_reference_v<std::ranges::range_reference_t<T&>> ||
     detail::only_refers<std::ranges::range_value_t<T&>>) &&
    requires(std::ranges::range_reference_t<T&> buffer) { detail::bytes_of(buffer); };

/// Buffers whose bytes may be changed: what a read needs.
template <class T>
concept MutableBufferRange = BufferRange<T> && requires(std::ranges::range_reference_t<T&> buffer) {
  { detail::bytes_of(buffer) } -> std::convertible_to<std::span<std::byte>>;
};

/// Whether a range owns its buffers, so that Context::submit takes it if they own their bytes. A
/// std::vector and a std::array do. Say it of your own container, if moving it leaves the bytes of
/// its buffers where they are, and destroying it is what destroys them:
///
///     template <>
///     inline constexpr bool linux_aio::owns_buffers<SmallVector<linux_aio::AlignedBuffer>> = true;
template <class R>
inline constexpr bool owns_buffers = false;
template <class T, class Allocator>
inline constexpr bool owns_buffers<std::vector<T, Allocator>> =
    detail::needs_no_resource<std::vector<T, Allocator>>;
template <class T, std::size_t size>
inline constexpr bool owns_buffers<std::array<T, size>> = true;

namespace detail {

template <class Given>
consteval void explain_buffer_range() {
  using R = std::remove_cvref_t<Given>;
  static_assert(std::ranges::view<R> || is_movable_from<Given>,
                "a request takes its buffers and its completion gives them back: pass "
                "std::move(buffers); or std::span(buffers) to lend them to run()");
}

}  // namespace detail

/// What became of a read or write of a range of buffers: its result, and the buffers back.
template <BufferRange R>
struct [[nodiscard]] VectoredCompletion {
  /// The number of bytes transferred, over all buffers: perhaps fewer than they have.
  Result<std::size_t> result;

  /// The buffers that the request took.
  R buffers;

  /// What was transferred, buffer by buffer: a range of spans, of which the last may be shorter
  /// than its buffer. Empty if the request failed.
  [[nodiscard]] detail::Parts<R> parts() & noexcept LINUX_AIO_LIFETIMEBOUND {
    return detail::Parts<R>::first(buffers, result.value_or(0));
  }
  void parts() && = delete;
};

namespace detail {

/// The buffers while the kernel uses them.
template <BufferRange R>
struct RangeInFlight {
  R buffers;

  template <class Visit>
  void visit_memory(Visit&& visit) noexcept {
    for (auto&& buffer : buffers) visit(std::span<const std::byte>(bytes_of(buffer)));
  }
  template <class Visit>
  void visit_exclusive_memory(Visit&& visit) noexcept {
    if constexpr (MutableBufferRange<R>) visit_memory(visit);
  }
  [[nodiscard]] VectoredCompletion<R> complete(const Result<std::size_t>& outcome) && noexcept {
    return {.result = outcome, .buffers = std::move(buffers)};
  }
};

}  // namespace detail

/// What reads and writes of ranges have in common.
template <class Derived, BufferRange R, class Flag>
class VectoredTransfer : public TransferSetters<Derived, Flag> {
 public:
  /// What the request becomes.
  using Completion = VectoredCompletion<R>;

  /// @cond
  static constexpr bool owns_memory =
      owns_buffers<R> && buffer_traits<std::ranges::range_value_t<R&>>::owns;
  /// @endcond

  /// Takes the buffers back out of a request that was not accepted.
  [[nodiscard]] R release() && noexcept { return std::move(in_flight_.buffers); }

  /// @cond
  // What a context needs of a request, besides lower().
  [[nodiscard]] detail::RangeInFlight<R>& in_flight() noexcept { return in_flight_; }
  [[nodiscard]] std::size_t segment_count() noexcept {
    return static_cast<std::size_t>(std::ranges::distance(in_flight_.buffers));
  }

 protected:
  VectoredTransfer(const detail::TransferOptions& options, R&& buffers) noexcept
      : TransferSetters<Derived, Flag>(options), in_flight_{std::move(buffers)} {}

  // Fills `segments`; nullptr if there are more than the kernel takes, which then says so.
  std::size_t fill(::iovec* segments) noexcept {
    if (segments == nullptr) return segment_count();
    ::iovec* next = segments;
    for (auto&& buffer : in_flight_.buffers) {
      const auto bytes = detail::bytes_of(buffer);
      // The kernel does not write through the segments of a write.
      *next++ = {.iov_base = const_cast<std::byte*>(bytes.data()),  // NOLINT(*-const-cast)
                 .iov_len = bytes.size()};
    }
    return static_cast<std::size_t>(next - segments);
  }
  /// @endcond

 private:
  detail::RangeInFlight<R> in_flight_;
};

/// A read into a range of buffers: a request, ready for Context::run, submit or async.
template <MutableBufferRange R>
class [[nodiscard]] VectoredRead : public VectoredTransfer<VectoredRead<R>, R, ReadFlag> {
 public:
  /// @cond
  VectoredRead(const detail::TransferOptions& options, R&& buffers) noexcept
      : VectoredRead::VectoredTransfer(options, std::move(buffers)) {}

  void lower(raw::iocb& request, ::iovec* segments) noexcept {
    const std::size_t count = this->fill(segments);
    raw::prep_preadv(request, this->options_.file.number(), segments, count,
                     this->options_.kernel_offset());
    this->options_.apply_to(request);
  }
  /// @endcond
};

/// A write of a range of buffers: a request, ready for Context::run, submit or async.
template <BufferRange R>
class [[nodiscard]] VectoredWrite : public VectoredTransfer<VectoredWrite<R>, R, WriteFlag> {
 public:
  /// @cond
  VectoredWrite(const detail::TransferOptions& options, R&& buffers) noexcept
      : VectoredWrite::VectoredTransfer(options, std::move(buffers)) {}
  /// @endcond

  /// The bytes that are to be written.
  [[nodiscard]] std::size_t length() noexcept {
    std::size_t sum = 0;
    for (auto&& buffer : this->in_flight().buffers) sum += detail::bytes_of(buffer).size();
    return sum;
  }

  /// @cond
  void lower(raw::iocb& request, ::iovec* segments) noexcept {
    const std::size_t count = this->fill(segments);
    raw::prep_pwritev(request, this->options_.file.number(), segments, count,
                      this->options_.kernel_offset());
    this->options_.apply_to(request);
  }
  /// @endcond
};

}  // namespace linux_aio
