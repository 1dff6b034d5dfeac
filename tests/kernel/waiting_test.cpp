// io_getevents: how long it waits. What waits for ever is shown by the signal that interrupts it.
#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/raw.hpp>

#include "tests/support/alarm.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Alarm;
using linux_aio::testing::pattern;
using linux_aio::testing::RawContext;
using linux_aio::testing::TemporaryFile;

long wait(const RawContext& context, long least, raw::getevents_timespec* timeout) {
  std::array<raw::io_event, 4> events{};
  return raw::io_getevents(context.handle(), least, 4, events.data(), timeout);
}

}  // namespace

TEST_CASE("a negative timeout, and none, wait for ever even if nothing is in flight") {
  const RawContext context;
  const Alarm alarm;
  REQUIRE(wait(context, 1, nullptr) == -EINTR);
  raw::getevents_timespec time{.tv_sec = -1, .tv_nsec = 0};
  REQUIRE(wait(context, 1, &time) == -EINTR);
  time = {.tv_sec = 0, .tv_nsec = -1};
  REQUIRE(wait(context, 1, &time) == -EINTR);
}

TEST_CASE("nanoseconds above a second are taken as they are") {
  const RawContext context;
  const Alarm alarm;
  raw::getevents_timespec time{.tv_sec = 0, .tv_nsec = 30'000'000'000};
  REQUIRE(wait(context, 1, &time) == -EINTR);
}

TEST_CASE("a timeout of zero, and no least count, return at once") {
  const RawContext context;
  raw::getevents_timespec time{};
  REQUIRE(wait(context, 1, &time) == 0);
  time = {.tv_sec = 30, .tv_nsec = 0};
  REQUIRE(wait(context, 0, &time) == 0);
  REQUIRE(wait(context, 0, nullptr) == 0);
}

TEST_CASE("a signal or timeout after the first event gives a short count, not an error") {
  const RawContext context;
  const TemporaryFile file(pattern(1));
  std::array<std::byte, 1> memory{};
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 0);
  REQUIRE(context.submit({&request}) == 1);
  raw::getevents_timespec moment{.tv_sec = 0, .tv_nsec = 1'000'000};
  REQUIRE(wait(context, 2, &moment) == 1);
  REQUIRE(context.submit({&request}) == 1);
  const Alarm alarm;
  REQUIRE(wait(context, 2, nullptr) == 1);
}
