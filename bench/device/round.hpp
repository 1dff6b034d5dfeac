// A round: an engine keeps requests in flight for a while, and that is measured.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "bench/common/usage.hpp"
#include "bench/device/blocks.hpp"
#include "bench/device/content.hpp"
#include "bench/device/engine.hpp"
#include "bench/device/histogram.hpp"

namespace device {

struct Plan {
  std::size_t depth;
  std::size_t at_least;  // completions that are waited for before new requests are started
  std::chrono::nanoseconds warm_up;
  std::chrono::nanoseconds window;
  std::uint64_t most_requests;  // whatever the time
};

// What was measured after the warm-up.
struct Sample {
  std::chrono::nanoseconds took{0};
  bench::Usage used{};
  std::optional<Submission> submission;
  Histogram latency;  // in nanoseconds, from start() to the end of the wait() that brought it
};

// Measures; with `content` it also compares each block.
Sample run_round(const Plan& plan, Engine& engine, Blocks blocks, Content* content);

}  // namespace device
