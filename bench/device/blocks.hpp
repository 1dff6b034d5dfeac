// Which block of the file is next.
#pragma once

#include <cstdint>
#include <random>

namespace device {

enum class Order : std::uint8_t { random, sequential };

class Blocks {
 public:
  // Of so many blocks, at least one. Begins anywhere, for a device may know what it has last read.
  Blocks(Order order, std::uint64_t block_size, std::uint64_t count)
      : order_(order),
        block_size_(block_size),
        count_(count),
        state_(seed()),
        next_(state_ % count) {}

  // The offset of the next one; after the last comes the first.
  std::uint64_t next() {
    if (order_ == Order::random) return random() % count_ * block_size_;
    const std::uint64_t block = next_;
    next_ = block + 1 == count_ ? 0 : block + 1;
    return block * block_size_;
  }

 private:
  static std::uint64_t seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
  }

  // SplitMix64, by Sebastiano Vigna: https://prng.di.unimi.it/splitmix64.c
  std::uint64_t random() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31U);
  }

  Order order_;
  std::uint64_t block_size_;
  std::uint64_t count_;
  std::uint64_t state_;
  std::uint64_t next_;
};

}  // namespace device
