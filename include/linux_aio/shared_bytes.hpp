// SharedBytes: bytes that many writes may use at once.
#pragma once

#include <cstddef>
#include <linux_aio/buffer.hpp>
#include <linux_aio/config.hpp>
#include <memory>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>

namespace linux_aio {

/// Bytes that live as long as somebody shares them; from shared(). For writes only: a read would
/// change what others are looking at. Copyable, and a request takes a copy of its own:
///
///     const aio::SharedBytes page = aio::shared(std::move(vector));
///     context.submit(aio::write(first).from(aio::SharedBytes(page)), ...);
///     context.submit(aio::write(second).from(aio::SharedBytes(page)), ...);
///
/// Copies may be used and dropped in any thread. One that was moved from has no bytes.
class SharedBytes {
 public:
  /// Shares `bytes`, which must stay valid and unchanged as long as `owner` is kept.
  template <class Owner>
  SharedBytes(std::shared_ptr<Owner> owner, std::span<const std::byte> bytes) noexcept
      : data_(std::move(owner), bytes.data()), size_(bytes.size()) {}

  /// Shares the bytes.
  SharedBytes(const SharedBytes&) noexcept = default;
  /// Shares the bytes.
  SharedBytes& operator=(const SharedBytes&) noexcept = default;
  /// Takes the share of `other`, which has no bytes then.
  SharedBytes(SharedBytes&& other) noexcept
      : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  /// Takes the share of `other`, which has no bytes then.
  SharedBytes& operator=(SharedBytes&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  ~SharedBytes() = default;

  /// The bytes, valid as long as a copy of this object has them.
  [[nodiscard]] std::span<const std::byte> bytes() const& noexcept LINUX_AIO_LIFETIMEBOUND {
    return {data_.get(), size_};
  }
  void bytes() const&& = delete;

 private:
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

/// Shares the first `size` elements of `array`, which must have as many.
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
/// must be const: a container that somebody can still resize frees its bytes in flight.
///
/// Ownership: the result, its copies and their requests keep the container.
template <std::ranges::contiguous_range Container>
[[nodiscard]] SharedBytes shared(std::shared_ptr<Container> container) noexcept {
  static_assert(std::is_const_v<Container>,
                "only a const container can be shared: one that is resized frees its bytes in "
                "flight; make it a std::shared_ptr<const ...>");
  static_assert(PlainElement<std::ranges::range_value_t<Container>>,
                "the elements of this container are no plain data: pointers, references, spans, "
                "string_views, iovecs and bools are not written to a file");
  const auto bytes = std::as_bytes(std::span(std::as_const(*container)));
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
