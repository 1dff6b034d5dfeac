// The same for long: what shows itself once in a million times. In processes side by side, because
// the kernel takes tens of milliseconds to destroy a context.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <linux_aio/linux_aio.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/mixture/mixture.hpp"
#include "tests/mixture/random.hpp"
#include "tests/support/held.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

std::size_t number_of(const char* variable, std::size_t otherwise) {
  const char* const text = std::getenv(variable);
  return text != nullptr ? std::stoul(text) : otherwise;
}

// Runs `body(0)` to `body(count - 1)` in a process each: how many returned true.
template <class Body>
std::size_t in_processes(std::size_t count, Body body) {
  std::fflush(stdout);
  std::vector<pid_t> children;
  for (std::size_t index = 0; index < count; ++index) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      bool right = false;
      try {
        right = body(index);
      } catch (...) {  // a failed assertion, which Catch2 has reported
        std::printf("process %zu failed\n", index);
      }
      std::fflush(stdout);
      ::_exit(right ? 0 : 1);
    }
    children.push_back(child);
  }
  std::size_t right = 0;
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) ++right;
  }
  return right;
}

// How a forked child finds its parent's context. 0 if as it must.
int use_in_child(std::optional<aio::Context>& context, const TemporaryFile& file) {
  if (context->poll() || context->flush() == 1'000'000) return 1;
  auto [read] = context->run(aio::read(borrowed(file)).into(Bytes(10)));
  if (read.result || read.result.error().code() != EINVAL) return 2;
  context.reset();
  return 0;
}

// A context with requests in many states is forked, and destroyed.
bool fork_and_destroy(Random& random, const TemporaryFile& file, const Pipe& held) {
  std::optional<aio::Context> context(make_context_without_ring(16));
  int completed = 0;
  int expected = 0;
  const auto count = [&](const auto&) { ++completed; };
  submit(*context, Held(held, Bytes(100)), count);
  for (std::size_t left = random.below(12); left != 0; --left) {
    const aio::BorrowedFd target(random.one_in(3) ? -1 : file.fd());
    submit(*context, aio::read(target).into(Bytes(random.below(200))), count);
    if (random.one_in(4)) context->flush();
    if (random.one_in(8)) expected += static_cast<int>(must(context->poll()));
  }
  const pid_t child = ::fork();
  if (child == 0) ::_exit(use_in_child(context, file));
  if (random.one_in(2)) expected += static_cast<int>(must(context->poll()));
  if (random.one_in(2)) context.reset();  // while the child still uses its copy
  int status = 1;
  const bool ended = child > 0 && ::waitpid(child, &status, 0) == child;
  context.reset();
  return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0 && completed == expected;
}

}  // namespace

TEST_CASE("contexts are forked and destroyed with requests in flight, many times") {
  const std::size_t rounds = number_of("LINUX_AIO_TEST_ROUNDS", 200);
  const std::size_t processes = std::min<std::size_t>(rounds, 20);
  const auto begin = aio::Context::Clock::now();
  const std::size_t right = in_processes(processes, [&](std::size_t index) {
    Random random(static_cast<unsigned>(index));
    const TemporaryFile file(pattern(1000));
    const Pipe held;
    for (std::size_t round = index; round < rounds; round += processes) {
      if (!fork_and_destroy(random, file, held)) return false;
      if (index == 0 && round % (100 * processes) == 0) std::printf("round %zu\n", round);
    }
    return true;
  });
  const std::chrono::duration<double> took = aio::Context::Clock::now() - begin;
  std::printf("%zu rounds in %.1f s\n", rounds, took.count());
  REQUIRE(right == processes);
}

TEST_CASE("a random mixture goes on and on") {
  const std::size_t steps = number_of("LINUX_AIO_TEST_STEPS", 200'000);
  const auto first = static_cast<unsigned>(number_of("LINUX_AIO_TEST_SEED", 1000));
  const std::size_t processes = std::max(2U, std::thread::hardware_concurrency());
  constexpr std::size_t part = 50'000;  // of one context
  const auto begin = aio::Context::Clock::now();
  const std::size_t right = in_processes(processes, [&](std::size_t index) {
    for (std::size_t done = index * part; done < steps; done += processes * part) {
      const unsigned seed = first + static_cast<unsigned>(done / part);
      std::printf("seed %u\n", seed);
      std::fflush(stdout);
      Mixture(seed, seed % 2 == 0).play(part);
    }
    return true;
  });
  const std::chrono::duration<double> took = aio::Context::Clock::now() - begin;
  std::printf("%zu steps in %.1f s\n", steps, took.count());
  REQUIRE(right == processes);
}
