// SharedBytes: bytes that many writes may use at once.
#pragma once

#include <cstddef>
#include <linux_aio/buffer.hpp>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <memory>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>

namespace linux_aio {

/// @cond
namespace detail {

template <class Pointer>
[[nodiscard]] Pointer&& not_null(Pointer&& owner) noexcept {
  if (owner == nullptr) fatal("SharedBytes were made of a null pointer");
  return std::forward<Pointer>(owner);
}

}  // namespace detail
/// @endcond

/// Bytes that live as long as somebody shares them; from shared(). For writes only: a read would
/// change what others are looking at. Copyable, and a request takes a copy of its own:
///
///     const aio::SharedBytes page = aio::shared(std::move(vector));
///     context.submit(aio::write(first).from(aio::SharedBytes(page)), ...);
///     context.submit(aio::write(second).from(aio::SharedBytes(page)), ...);
///
/// Copies may be used and dropped in any thread. Using one that was moved from ends the program.
class LINUX_AIO_CONSUMABLE SharedBytes {
 public:
  /// Shares `bytes`, which must stay valid and unchanged as long as `owner` is kept; a null pointer
  /// ends the program.
  template <class Owner>
  LINUX_AIO_RETURNS_UNCONSUMED SharedBytes(std::shared_ptr<Owner> owner,
                                           std::span<const std::byte> bytes) noexcept
      : data_(detail::not_null(std::move(owner)), bytes.data()), size_(bytes.size()) {}

  /// Shares the bytes.
  SharedBytes(const SharedBytes&) noexcept = default;
  /// Shares the bytes.
  LINUX_AIO_SETS_UNCONSUMED SharedBytes& operator=(const SharedBytes&) noexcept = default;
  /// Takes the share of `other`, which has none then.
  LINUX_AIO_RETURNS_UNCONSUMED SharedBytes(SharedBytes&& other) noexcept
      : data_(std::move(other.data_)), size_(std::exchange(other.size_, moved_from)) {}
  /// Takes the share of `other`, which has none then.
  LINUX_AIO_SETS_UNCONSUMED SharedBytes& operator=(SharedBytes&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, moved_from);
    return *this;
  }
  ~SharedBytes() = default;

  /// The bytes, valid as long as a copy of this object has them.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::span<const std::byte> bytes()
      const& noexcept LINUX_AIO_LIFETIMEBOUND {
    // An empty container has no address, so that the size has to tell.
    if (size_ == moved_from) detail::fatal("SharedBytes were used after they were moved from");
    return {data_.get(), size_};
  }
  void bytes() const&& = delete;

 private:
  static constexpr std::size_t moved_from = std::dynamic_extent;

  std::shared_ptr<const std::byte> data_;
  std::size_t size_;
};

template <>
struct buffer_traits<SharedBytes> {
  static constexpr bool owns = true;
  static std::span<const std::byte> bytes(const SharedBytes& buffer) noexcept {
    return buffer.bytes();
  }
};

/// Shares the first `size` elements of `array`, which must have as many; a null pointer ends the
/// program.
///
/// Ownership: the result, its copies and their requests keep the array. Nobody may change the
/// elements while a request is in flight: the file would get some old and some new.
template <class T>
  requires PlainElement<std::remove_const_t<T>>
[[nodiscard]] SharedBytes shared(std::shared_ptr<T[]> array, std::size_t size) noexcept {
  const auto bytes = std::as_bytes(std::span<const T>(array.get(), size));
  return {std::move(array), bytes};
}

/// Shares the bytes of `container`, such as a const std::vector or std::string. What it points to
/// must be const: a container that somebody can still resize frees its bytes in flight, as one with
/// a second pointer to it that is not const, which cannot be seen here.
///
/// Ownership: the result, its copies and their requests keep the container.
template <std::ranges::contiguous_range Container>
[[nodiscard]] SharedBytes shared(std::shared_ptr<Container> container) noexcept {
  static_assert(std::is_const_v<Container>,
                "only a const container can be shared: one that is resized frees its bytes in "
                "flight; make it a std::shared_ptr<const ...>");
  static_assert(
      !std::ranges::borrowed_range<Container> && !std::ranges::view<std::remove_const_t<Container>>,
      "a view such as std::string_view or std::span keeps no bytes: share their owner, "
      "as shared(owner, span)");
  static_assert(detail::needs_no_resource<Container>,
                "the bytes of this container are a memory resource's: keep that, too, in an owner, "
                "and share shared(owner, span)");
  static_assert(PlainElement<std::ranges::range_value_t<Container>>,
                "the elements of this container are no plain data: pointers, references, spans, "
                "string_views, iovecs and bools are not written to a file");
  const auto bytes = std::as_bytes(std::span(std::as_const(*detail::not_null(container))));
  return {std::move(container), bytes};
}

/// Shares `part`, which must stay valid as long as `owner` is kept: a part of it, or of something
/// that it keeps.
///
/// Ownership: the result, its copies and their requests keep the owner.
template <class Owner, PlainElement T, std::size_t extent>
[[nodiscard]] SharedBytes shared(std::shared_ptr<Owner> owner, std::span<T, extent> part) noexcept {
  return {std::move(owner), std::as_bytes(part)};
}

}  // namespace linux_aio
