// A histogram of durations: of fixed size, off by one part in 128 at most.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace device {

// Log-linear: durations are counted one by one up to 127, and from each power of two to the next
// in 64 equal parts. Nothing allocates.
class Histogram {
 public:
  void record(std::uint64_t duration) {
    ++counts_[index_of(duration)];
    ++count_;
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }

  // The duration that so many parts of a thousand do not exceed: the middle of where it was
  // counted. 0 if there is none.
  [[nodiscard]] std::uint64_t per_mille(std::uint64_t part) const;

 private:
  static constexpr unsigned bits = 6;
  static constexpr std::size_t parts = std::size_t{1} << bits;

  // A duration in [2^(bits + e), 2^(bits + e + 1)) has bits + 1 significant bits after a shift by
  // e, the first of them being set.
  static std::size_t index_of(std::uint64_t duration) {
    const auto width = static_cast<unsigned>(std::bit_width(duration));
    const unsigned shift = width > bits + 1 ? width - bits - 1 : 0;
    return shift * parts + static_cast<std::size_t>(duration >> shift);
  }
  static std::uint64_t middle_of(std::size_t index);

  std::array<std::uint64_t, (64 - bits + 1) * parts> counts_{};
  std::uint64_t count_ = 0;
};

}  // namespace device
