// FlagSet: values of one enumeration, combined.
#pragma once

#include <cstdint>
#include <linux_aio/config.hpp>

namespace linux_aio {

/// A set of flags, each a value of the enumeration `Flag` and a bit or some of the kernel's.
template <class Flag>
class FlagSet {
 public:
  constexpr FlagSet() noexcept = default;
  /// The set of one flag.
  constexpr FlagSet(Flag flag) noexcept  // NOLINT(*-explicit-*): one flag is a set
      : bits_(static_cast<std::uint32_t>(flag)) {}

  /// The set with just these bits, as the kernel answers them; also such as `Flag` has no name for.
  [[nodiscard]] static constexpr FlagSet from_bits(std::uint32_t bits) noexcept {
    FlagSet set;
    set.bits_ = bits;
    return set;
  }

  /// What is in either.
  [[nodiscard]] constexpr FlagSet operator|(FlagSet other) const noexcept {
    return from_bits(bits_ | other.bits_);
  }

  /// What is in both.
  [[nodiscard]] constexpr FlagSet operator&(FlagSet other) const noexcept {
    return from_bits(bits_ & other.bits_);
  }

  /// Whether the same flags are in both.
  friend constexpr bool operator==(FlagSet left, FlagSet right) noexcept = default;

  /// Whether `flag` is in the set, whole.
  [[nodiscard]] constexpr bool has(Flag flag) const noexcept {
    return (*this & flag) == FlagSet(flag);
  }

  /// Whether nothing is in the set.
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }

  /// The kernel's bits.
  [[nodiscard]] constexpr std::uint32_t bits() const noexcept { return bits_; }

 private:
  std::uint32_t bits_ = 0;
};

namespace detail {

/// Whether `|` of two values of the enumeration is a FlagSet.
template <class T>
inline constexpr bool is_flag = false;

}  // namespace detail

template <class Flag>
  requires detail::is_flag<Flag>
[[nodiscard]] constexpr FlagSet<Flag> operator|(Flag left, Flag right) noexcept {
  return FlagSet(left) | right;
}

}  // namespace linux_aio
