// Completions read from the ring, and where they are not.
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdint>
#include <linux_aio/detail/ring.hpp>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <utility>
#include <vector>

#include "tests/support/held.hpp"
#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;

void submit_reads(aio::Context& context, const TemporaryFile& file, std::size_t count,
                  std::size_t& done) {
  for (std::size_t index = 0; index < count; ++index) {
    submit(context, aio::read(borrowed(file)).into(Bytes(1)).at(index % 100),
           [&done](const auto& read) { done += read.result == 1U ? 1U : 0U; });
  }
}

/// A kernel whose ring is not the known one: the handle that it gives is the address of `header`,
/// and its calls take it for that of the real context.
class StrangeRing {
 public:
  explicit StrangeRing(const raw::aio_ring& header) : header_(header) {
    kernel_.io_setup = [this](unsigned count, raw::aio_context_t* context) {
      const long result = raw::io_setup(count, &real_);
      *context = reinterpret_cast<std::uintptr_t>(&header_);
      return result;
    };
    kernel_.io_submit = [this](auto, long count, auto requests) {
      return raw::io_submit(real_, count, requests);
    };
    kernel_.io_getevents = [this](auto, long least, long most, auto events, auto timeout) {
      return raw::io_getevents(real_, least, most, events, timeout);
    };
    kernel_.io_destroy = [this](auto) { return raw::io_destroy(real_); };
  }

 private:
  raw::aio_ring header_;
  raw::aio_context_t real_ = 0;
  InterposedKernel kernel_;
};

// The header of a ring as Linux makes it, whose one event would be wrong.
raw::aio_ring known_ring() {
  raw::aio_ring ring{};
  ring.nr = 128;
  ring.tail = 1;
  ring.magic = raw::aio_ring_magic;
  ring.compat_features = 1;
  ring.incompat_features = raw::aio_ring_incompat_features;
  ring.header_length = sizeof ring;
  return ring;
}

}  // namespace

TEST_CASE("the ring wraps around many times and loses nothing") {
  const TemporaryFile file(pattern(100));
  for (const std::uint32_t capacity : {1U, 3U, 64U, 500U}) {
    aio::Context context = make_context(capacity);
    std::size_t done = 0;
    std::size_t submitted = 0;
    for (std::size_t round = 0; submitted < 20'000; ++round) {
      const std::size_t count = 1 + round * 7 % capacity;
      submit_reads(context, file, count, done);
      submitted += count;
      REQUIRE(must(round % 2 == 0 ? context.poll() : context.wait(count)) == count);
    }
    REQUIRE(done == submitted);
    const aio::Statistics statistics = context.statistics();
    REQUIRE(statistics.reaped_in_user_space == submitted);
    REQUIRE(statistics.io_getevents_calls == 0);
  }
}

TEST_CASE("poll and wait, ring and system call, take turns") {
  const TemporaryFile file(pattern(100));
  const std::vector<Pipe> pipes(300);
  aio::Context context = make_context(400);
  std::size_t done = 0;
  std::size_t held = 0;
  for (int round = 0; round < 20; ++round) {
    for (const Pipe& pipe : pipes) submit(context, Held(pipe), [&](const auto&) { ++held; });
    submit_reads(context, file, 100, done);
    context.flush();
    REQUIRE(must(context.poll()) == 100);
    // What completes while the wait sleeps in the kernel comes by its call, the rest by the ring.
    REQUIRE(must(context.wait(1, std::chrono::microseconds(100))) == 0);
    for (const Pipe& pipe : pipes) pipe.feed();
    REQUIRE(must(context.wait(150)) >= 150);
    submit_reads(context, file, 50, done);
    while (context.in_flight() != 0) must(context.wait());
    std::byte byte{};
    for (const Pipe& pipe : pipes) REQUIRE(::read(pipe.read_end(), &byte, 1) == 1);
  }
  REQUIRE(done == std::size_t{20} * 150);
  REQUIRE(held == std::size_t{20} * 300);
  const aio::Statistics statistics = context.statistics();
  REQUIRE(statistics.reaped_in_user_space + statistics.reaped_by_system_call ==
          std::uint64_t{20} * 450);
}

TEST_CASE("the context leaves a ring alone that is not the known one") {
  const TemporaryFile file(pattern(100));
  std::vector<raw::aio_ring> strange(5, known_ring());
  strange[0].magic ^= 1;
  strange[1].incompat_features = 1;
  strange[2].header_length += 8;
  strange[3].nr = 0;
  strange[4] = {};
  for (const raw::aio_ring& header : strange) {
    const StrangeRing ring(header);
    aio::Context context = make_context();
    std::size_t done = 0;
    submit_reads(context, file, 16, done);
    REQUIRE(must(context.poll()) == 16);
    submit_reads(context, file, 16, done);
    REQUIRE(must(context.wait(16)) == 16);
    must(context.close());
    REQUIRE(done == 32);
    REQUIRE(context.statistics().reaped_by_system_call == 32);
    REQUIRE(context.statistics().reaped_in_user_space == 0);
  }
}

TEST_CASE("the real ring is the known one, and reading it makes no system call") {
  const TemporaryFile file(pattern(100));
  InterposedKernel kernel;
  kernel.io_getevents = [](auto...) -> long {
    FAIL("io_getevents was called");
    return -EPERM;
  };
  aio::Context context = make_context(200);
  std::size_t done = 0;
  submit_reads(context, file, 200, done);
  REQUIRE(must(context.wait(200)) == 200);
  REQUIRE(must(context.poll()) == 0);
  REQUIRE(done == 200);
}

TEST_CASE("a context that is told not to read the ring does not") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context_without_ring(200);
  std::size_t done = 0;
  submit_reads(context, file, 200, done);
  REQUIRE(must(context.wait(200)) == 200);
  REQUIRE(done == 200);
  REQUIRE(context.statistics().reaped_by_system_call == 200);
}

TEST_CASE(
    "a continuation that waits reads on where the outer loop is, and neither loses an event") {
  const TemporaryFile file(pattern(100));
  for (const bool user_space : {true, false}) {
    aio::Context context = user_space ? make_context(300) : make_context_without_ring(300);
    std::vector<int> calls(300);
    for (std::size_t index = 0; index < 300; ++index) {
      submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&, index](const auto&) {
        ++calls[index];
        if (index % 3 == 0) static_cast<void>(must(context.poll()));
        if (index % 7 == 0 && context.in_flight() != 0) static_cast<void>(must(context.wait(2)));
      });
    }
    must(context.close());
    REQUIRE(calls == std::vector<int>(300, 1));
  }
}
