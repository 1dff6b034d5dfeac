// What may hold the bytes of a request: the buffer concept.
#pragma once

#include <sys/uio.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <linux_aio/config.hpp>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace linux_aio {

/// Makes a type a buffer. Specialise it for your own type, with two static members:
///
///     template <>
///     struct linux_aio::buffer_traits<Page> {
///       static constexpr bool owns = true;  // false: it borrows its bytes, as a span does
///       static std::span<std::byte> bytes(Page& page) noexcept;  // const std::byte: only writable
///     };                                                         //   to a file, not read into
///
/// Moving the object must not throw and must leave its bytes where they are: a type that holds them
/// inside itself (std::array, a short std::string) is no buffer.
template <class T>
struct buffer_traits;

/// A movable type whose bytes a request may use.
template <class T>
concept Buffer = std::movable<T> && std::is_nothrow_move_constructible_v<T> && requires(T& buffer) {
  { buffer_traits<T>::owns } -> std::convertible_to<bool>;
  { buffer_traits<T>::bytes(buffer) } noexcept -> std::convertible_to<std::span<const std::byte>>;
};

/// A buffer whose bytes may be changed: what a read needs.
template <class T>
concept MutableBuffer = Buffer<T> && requires(T& buffer) {
  { buffer_traits<T>::bytes(buffer) } noexcept -> std::convertible_to<std::span<std::byte>>;
};

/// A buffer that owns its bytes: what Context::submit needs.
template <class T>
concept OwningBuffer = Buffer<T> && buffer_traits<T>::owns;

/// @cond
namespace detail {

// By its shape: <functional>, which has std::reference_wrapper, is a tenth of what is included.
template <class T>
concept ReferenceWrapper = requires(T& wrapper) {
  typename T::type;
  { wrapper.get() } -> std::same_as<typename T::type&>;
};

template <class T>
inline constexpr bool is_plain =
    std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> && !std::is_member_pointer_v<T> &&
    !std::same_as<T, bool> && !std::same_as<T, ::iovec> && !std::ranges::range<T> && !Buffer<T> &&
    !ReferenceWrapper<T>;
template <class T, std::size_t size>
inline constexpr bool is_plain<T[size]> = is_plain<T>;
template <class T, std::size_t size>
inline constexpr bool is_plain<std::array<T, size>> = is_plain<std::remove_cv_t<T>>;

}  // namespace detail
/// @endcond

/// Elements whose bytes may be read from a file and written to one, and arrays of such. Pointers,
/// references, iovecs, and ranges such as std::string_view and std::span are not: their bytes are
/// addresses. Nor is bool, of which most bytes are no value. A pointer inside a struct cannot be
/// seen: a read forges it.
template <class T>
concept PlainElement = detail::is_plain<std::remove_cv_t<T>>;

template <PlainElement T, std::size_t extent>
struct buffer_traits<std::span<T, extent>> {
  static constexpr bool owns = false;
  static auto bytes(std::span<T, extent> span) noexcept {
    if constexpr (std::is_const_v<T>) {
      return std::span<const std::byte>(std::as_bytes(span));
    } else {
      return std::span<std::byte>(std::as_writable_bytes(span));
    }
  }
};

/// @cond
namespace detail {

// Whether the memory of a container is its own: all allocators of this type are as good.
template <class Container>
inline constexpr bool needs_no_resource = true;
template <class Container>
  requires requires { typename Container::allocator_type; }
inline constexpr bool needs_no_resource<Container> =
    std::allocator_traits<typename Container::allocator_type>::is_always_equal::value;

}  // namespace detail
/// @endcond

/// A std::vector owns its bytes if its allocator is like any other of its type, as std::allocator
/// is. The memory of another, such as a std::pmr::vector, is that of a resource, which may be gone
/// before the kernel is done: only Context::run takes it.
template <PlainElement T, class Allocator>
struct buffer_traits<std::vector<T, Allocator>> {
  static constexpr bool owns = detail::needs_no_resource<std::vector<T, Allocator>>;
  static std::span<std::byte> bytes(std::vector<T, Allocator>& vector) noexcept {
    return std::as_writable_bytes(std::span(vector));
  }
  static std::span<const std::byte> bytes(const std::vector<T, Allocator>& vector) noexcept {
    return std::as_bytes(std::span(vector));
  }
};

/// @cond
namespace detail {

// Whether a copy of it is as good: it says where bytes are, as a span does, and has none.
template <class T>
inline constexpr bool only_refers = false;
template <Buffer T>
inline constexpr bool only_refers<T> = !buffer_traits<T>::owns && std::is_trivially_copyable_v<T>;

// The bytes of a buffer that is const: as const as its type makes them.
template <Buffer B>
  requires only_refers<B> || requires(const B& buffer) { buffer_traits<B>::bytes(buffer); }
[[nodiscard]] auto bytes_of(const B& buffer) noexcept {
  if constexpr (!only_refers<B>) {
    return std::span<const std::byte>(buffer_traits<B>::bytes(buffer));
  } else {
    B copy = buffer;
    using Byte = std::conditional_t<MutableBuffer<B>, std::byte, const std::byte>;
    return std::span<Byte>(buffer_traits<B>::bytes(copy));
  }
}

template <class T>
inline constexpr bool is_string = false;
template <class Character, class Traits, class Allocator>
inline constexpr bool is_string<std::basic_string<Character, Traits, Allocator>> = true;

template <class T>
inline constexpr bool has_strings = is_string<T>;
template <std::ranges::range T>
inline constexpr bool has_strings<T> = is_string<T> || is_string<std::ranges::range_value_t<T>>;

// Whether it is a range of buffers that only exist while they are looked at.
template <class T>
inline constexpr bool has_temporary_buffers = false;
template <std::ranges::range T>
inline constexpr bool has_temporary_buffers<T> =
    Buffer<std::ranges::range_value_t<T>> && !only_refers<std::ranges::range_value_t<T>> &&
    !std::is_reference_v<std::ranges::range_reference_t<T&>>;

// Whether it is a range of buffers that must not be touched.
template <class T>
inline constexpr bool has_const_buffers = false;
template <std::ranges::range T>
inline constexpr bool has_const_buffers<T> =
    Buffer<std::ranges::range_value_t<T>> &&
    std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<T&>>>;

template <class T>
inline constexpr bool is_smart_array = false;
template <class T, class Deleter>
inline constexpr bool is_smart_array<std::unique_ptr<T[], Deleter>> = true;
template <class T>
inline constexpr bool is_smart_array<std::shared_ptr<T[]>> = true;

template <class T>
inline constexpr bool has_plain_elements = true;
template <class T, std::size_t extent>
inline constexpr bool has_plain_elements<std::span<T, extent>> = PlainElement<T>;
template <class T, class Allocator>
inline constexpr bool has_plain_elements<std::vector<T, Allocator>> = PlainElement<T>;

template <class Given>
inline constexpr bool is_movable_from =
    std::is_rvalue_reference_v<Given&&> && !std::is_const_v<std::remove_reference_t<Given>>;

/// Explains at compile time why `Given`, as passed to into() or from(), cannot be the buffer.
template <class Given>
consteval void explain_buffer() {
  using T = std::remove_cvref_t<Given>;
  static_assert(
      !has_strings<T>,
      "a std::string is no buffer: short strings live inside the object and move with it; "
      "use an AlignedBuffer, a std::vector<char>, or a span of it in run()");
  static_assert(
      !is_smart_array<T>,
      "this type is no buffer: a std::unique_ptr<T[]> does not know its size; use "
      "sized(std::move(pointer), size), or shared(pointer, size) of a std::shared_ptr<T[]> "
      "that is only written");
  static_assert(!has_temporary_buffers<T>,
                "this range makes its buffers as it is looked at, and they are gone before the "
                "kernel is done: put them into a std::vector, and pass that");
  static_assert(!has_const_buffers<T>,
                "the buffers of this range are const: pass std::move(buffers), or to run() a "
                "std::span of buffers that are not const");
  static_assert(has_plain_elements<T> || has_strings<T> || has_const_buffers<T>,
                "the elements of this buffer are no plain data: pointers, references, spans, "
                "string_views, iovecs and bools are not read from a file or written to one");
  if constexpr (!has_strings<T> && !is_smart_array<T> && !has_temporary_buffers<T> &&
                has_plain_elements<T>) {
    static_assert(Buffer<T>,
                  "this type is no buffer: use an AlignedBuffer, a std::vector, a std::span (in "
                  "run()), or specialise linux_aio::buffer_traits for it");
    if constexpr (Buffer<T>) {
      static_assert(only_refers<T> || is_movable_from<Given>,
                    "a request takes its buffer and its completion gives it back: pass "
                    "std::move(buffer)");
    }
  }
}

}  // namespace detail
/// @endcond

}  // namespace linux_aio
