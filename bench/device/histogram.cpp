#include "bench/device/histogram.hpp"

namespace device {

std::uint64_t Histogram::per_mille(std::uint64_t part) const {
  const std::uint64_t rank = (count_ * part + 999) / 1000;
  std::uint64_t seen = 0;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    seen += counts_[index];
    if (seen != 0 && seen >= rank) return middle_of(index);
  }
  return 0;
}

std::uint64_t Histogram::middle_of(std::size_t index) {
  if (index < 2 * parts) return index;
  const std::size_t shift = index / parts - 1;
  const std::uint64_t least = (index - shift * parts) << shift;
  return least + (std::uint64_t{1} << shift) / 2;
}

}  // namespace device
