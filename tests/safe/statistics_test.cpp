#include <array>
#include <catch2/catch_all.hpp>
#include <linux_aio/linux_aio.hpp>
#include <vector>

#include "tests/support/held.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

}  // namespace

TEST_CASE("statistics count what was accepted, refused and reaped, and how") {
  const TemporaryFile file(pattern(10));
  for (const bool ring : {true, false}) {
    aio::Context context = ring ? make_context(100) : make_context_without_ring(100);
    for (int count = 0; count < 90; ++count) {
      submit(context, aio::read(borrowed(file)).into(Bytes(1)), [](const auto&) {});
    }
    for (int count = 0; count < 3; ++count) {
      submit(context, aio::read(aio::BorrowedFd(-1)).into(Bytes(1)), [](const auto&) {});
    }
    context.flush();
    const aio::Statistics before = context.statistics();
    REQUIRE(before.accepted == 90);
    REQUIRE(before.refused == 3);
    REQUIRE(before.reaped_in_user_space + before.reaped_by_system_call == 0);
    REQUIRE(must(context.poll()) == 93);
    const aio::Statistics after = context.statistics();
    REQUIRE(after.reaped_in_user_space == (ring ? 90 : 0));
    REQUIRE(after.reaped_by_system_call == (ring ? 0 : 90));
    REQUIRE(after.io_submit_calls >= 4);
    REQUIRE(after.io_getevents_calls == (ring ? 0 : 2));
    REQUIRE(after.time_in_io_submit.count() == 0);
  }
}

TEST_CASE("statistics add up inside a continuation, too") {
  const TemporaryFile file(pattern(10));
  for (const bool ring : {true, false}) {
    aio::Context context = ring ? make_context() : make_context_without_ring();
    std::vector<std::uint64_t> reaped_by_ring;
    for (int count = 0; count < 10; ++count) {
      submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&](const auto&) {
        reaped_by_ring.push_back(context.statistics().reaped_in_user_space);
      });
    }
    REQUIRE(must(context.wait(10)) == 10);
    for (std::size_t count = 0; count < 10; ++count) {
      REQUIRE(reaped_by_ring[count] == (ring ? count + 1 : 0));
    }
  }
}

TEST_CASE("what was cancelled before it was sent is not counted as refused by the kernel") {
  const TemporaryFile file(pattern(10));
  aio::Context context = make_context();
  auto id = context.submit(aio::fsync(borrowed(file)), [](const auto&) {});
  REQUIRE(context.cancel(*id) == aio::Cancel::requested);
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(context.statistics().refused == 0);
  REQUIRE(context.statistics().io_submit_calls == 0);
}

TEST_CASE("measured submission tells the time inside io_submit") {
  const TemporaryFile file(pattern(1 << 20));
  aio::Context context = must(aio::Context::create({.measure_submission = true}));
  const auto begin = aio::Context::Clock::now();
  for (int count = 0; count < 10; ++count) {
    auto [read] = context.run(aio::read(borrowed(file)).into(Bytes(1 << 20)));
    REQUIRE(read.result);
  }
  const auto took = aio::Context::Clock::now() - begin;
  const aio::Statistics statistics = context.statistics();
  REQUIRE(statistics.time_in_io_submit.count() > 0);
  REQUIRE(statistics.time_in_io_submit <= took);
  REQUIRE(statistics.io_submit_calls_that_slept <= statistics.io_submit_calls);
}
