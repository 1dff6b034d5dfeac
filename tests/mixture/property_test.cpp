// Whatever is submitted, however it is waited for and whatever the kernel does: every accepted
// request completes exactly once, with its result and its own buffer.
#include <catch2/catch_all.hpp>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>

#include "tests/mixture/kernels.hpp"
#include "tests/mixture/mixture.hpp"

namespace {

using namespace linux_aio::testing;

std::optional<unsigned> number_of(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  return static_cast<unsigned>(std::stoul(text));
}

// Four test cases with ten seeds each, if the environment does not say otherwise: a million steps.
// The last seed is another one each time.
void play_seeds(bool ring, bool hostile) {
  const std::optional<unsigned> only = number_of("LINUX_AIO_TEST_SEED");
  const std::size_t steps = number_of("LINUX_AIO_TEST_STEPS").value_or(25'000);
  for (unsigned number = only.value_or(1); number <= only.value_or(10); ++number) {
    const unsigned seed = number == 10 && !only ? std::random_device()() : number;
    INFO("LINUX_AIO_TEST_SEED=" << seed << " LINUX_AIO_TEST_STEPS=" << steps);
    std::printf("seed %u\n", seed);  // for a failure that leaves no time to tell it
    std::fflush(stdout);
    Mixture mixture(seed, ring);
    if (hostile) {
      const HostileKernel kernel(mixture.random(), ring);
      mixture.play(steps);
      REQUIRE(kernel.in_kernel() == 0);
    } else {
      mixture.play(steps);
    }
  }
}

}  // namespace

TEST_CASE("every accepted request completes exactly once, read from the ring") {
  play_seeds(true, false);
}

TEST_CASE("every accepted request completes exactly once, brought by system calls") {
  play_seeds(false, false);
}

TEST_CASE("every accepted request completes exactly once, from the ring of a hostile kernel") {
  play_seeds(true, true);
}

TEST_CASE("every accepted request completes exactly once, from a kernel that does all it may") {
  play_seeds(false, true);
}
