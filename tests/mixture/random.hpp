// Chance that is the same for the same seed.
#pragma once

#include <cstddef>
#include <random>

namespace linux_aio::testing {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}

  /// 0 to most - 1.
  std::size_t below(std::size_t most) { return engine_() % most; }
  bool one_in(std::size_t many) { return below(many) == 0; }

 private:
  std::mt19937 engine_;
};

}  // namespace linux_aio::testing
