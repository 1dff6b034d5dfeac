// SizedArray: a std::unique_ptr<T[]> with its size, as a buffer.
#pragma once

#include <cstddef>
#include <linux_aio/buffer.hpp>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <memory>
#include <span>
#include <utility>

namespace linux_aio {

/// Owns an array and knows its size, which std::unique_ptr does not; from sized(). Move-only. A
/// moved-from array has no elements, and using it ends the program.
template <PlainElement T, class Deleter = std::default_delete<T[]>>
class LINUX_AIO_CONSUMABLE SizedArray {
 public:
  /// Takes over `array`, which must have `size` elements at least; a null pointer ends the program.
  LINUX_AIO_RETURNS_UNCONSUMED SizedArray(std::unique_ptr<T[], Deleter> array,
                                          std::size_t size) noexcept
      : array_(std::move(array)), size_(size) {
    if (array_ == nullptr) detail::fatal("a SizedArray was made of a null pointer");
  }

  /// Takes the array of the other, which has none then.
  LINUX_AIO_RETURNS_UNCONSUMED SizedArray(SizedArray&&) noexcept = default;
  /// Frees its own array and takes that of the other, which has none then.
  LINUX_AIO_SETS_UNCONSUMED SizedArray& operator=(SizedArray&&) noexcept = default;
  SizedArray(const SizedArray&) = delete;
  SizedArray& operator=(const SizedArray&) = delete;
  ~SizedArray() = default;

  /// The elements, valid until the array is destroyed or assigned to.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::span<T> elements() & noexcept
      LINUX_AIO_LIFETIMEBOUND {
    return {checked(), size_};
  }
  /// The same, of a const array.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::span<const T> elements() const& noexcept
      LINUX_AIO_LIFETIMEBOUND {
    return {checked(), size_};
  }
  void elements() const&& = delete;

  /// Gives the array up to the caller.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::unique_ptr<T[], Deleter>
  release() && noexcept {
    return static_cast<void>(checked()), std::move(array_);
  }

 private:
  [[nodiscard]] T* checked() const noexcept {
    if (array_ == nullptr) detail::fatal("a SizedArray was used after it was moved from");
    return array_.get();
  }

  std::unique_ptr<T[], Deleter> array_;
  std::size_t size_;
};

template <class T, class Deleter>
struct buffer_traits<SizedArray<T, Deleter>> {
  static constexpr bool owns = true;
  static auto bytes(SizedArray<T, Deleter>& array) noexcept {
    return buffer_traits<std::span<T>>::bytes(array.elements());
  }
  static std::span<const std::byte> bytes(const SizedArray<T, Deleter>& array) noexcept {
    return std::as_bytes(array.elements());
  }
};

/// Makes an owning buffer of `array` and its `size` in elements, which nobody can check.
///
///     auto array = std::make_unique_for_overwrite<std::byte[]>(size);
///     context.submit(aio::read(file).into(aio::sized(std::move(array), size)), ...);
///
/// Ownership: the buffer owns the array; release() gives it up.
template <class T, class Deleter>
[[nodiscard]] SizedArray<T, Deleter> sized(std::unique_ptr<T[], Deleter> array,
                                           std::size_t size) noexcept {
  return {std::move(array), size};
}

}  // namespace linux_aio
