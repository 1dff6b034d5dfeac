#include "bench/device/engine.hpp"

#include "bench/common/fail.hpp"

namespace device {

Engine::Engine(Transfers& transfers)
    : transfers_(transfers), block_size_(transfers.buffers.front().size()) {
  completed_.reserve(depth());
}

std::span<const std::size_t> Engine::wait(std::size_t at_least) {
  completed_.clear();
  await(at_least);
  return completed_;
}

void Engine::complete(std::size_t slot, long long result) {
  const char* const what = transfers_.write ? "a write" : "a read";
  if (result < 0) bench::fail(what, static_cast<int>(-result));
  if (static_cast<std::size_t>(result) != block_size_) {
    bench::fail(std::string(what) + " was short: " + std::to_string(result) + " bytes of " +
                std::to_string(block_size_));
  }
  completed_.push_back(slot);
}

}  // namespace device
