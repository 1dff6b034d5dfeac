// The CRC-32 of cksum(1): POSIX, polynomial 0x04c11db7, followed by the length.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace support {

/// A byte at a time, some hundred MiB/s. It finds accidents, not attackers.
class Checksum {
 public:
  /// Appends `bytes` to what is summed.
  void add(std::span<const std::byte> bytes) noexcept {
    for (const std::byte byte : bytes) add(byte);
    length_ += bytes.size();
  }

  /// Of all that was added; what cksum(1) prints.
  [[nodiscard]] std::uint32_t value() const noexcept {
    Checksum whole = *this;
    for (std::uint64_t rest = length_; rest != 0; rest >>= 8U) {
      whole.add(static_cast<std::byte>(rest & 0xffU));
    }
    return ~whole.state_;
  }

  /// How many bytes were added.
  [[nodiscard]] std::uint64_t length() const noexcept { return length_; }

 private:
  static constexpr std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t index = 0; index < entries.size(); ++index) {
      std::uint32_t value = index << 24U;
      for (int bit = 0; bit < 8; ++bit) {
        value = value << 1U ^ ((value & 0x8000'0000U) != 0 ? 0x04c1'1db7U : 0U);
      }
      entries.at(index) = value;
    }
    return entries;
  }();

  void add(std::byte byte) noexcept {
    state_ = state_ << 8U ^ table[(state_ >> 24U ^ static_cast<std::uint32_t>(byte)) & 0xffU];
  }

  std::uint32_t state_ = 0;
  std::uint64_t length_ = 0;
};

/// The checksum of `bytes` alone.
[[nodiscard]] inline std::uint32_t checksum(std::span<const std::byte> bytes) noexcept {
  Checksum sum;
  sum.add(bytes);
  return sum.value();
}

}  // namespace support
