// io_getevents: how long it waits. What waits for ever is shown by the signal that interrupts it.
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/raw.hpp>

#include "tests/support/alarm.hpp"
#include "tests/support/complete_read.hpp"
#include "tests/support/raw_context.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Alarm;
using linux_aio::testing::CompleteRead;
using linux_aio::testing::RawContext;

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
  raw::getevents_timespec time{.tv_sec = 0, .tv_nsec = 2'000'000'000};
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
  CompleteRead read;
  REQUIRE(context.submit({&read.request}) == 1);
  raw::getevents_timespec moment{.tv_sec = 0, .tv_nsec = 1'000'000};
  REQUIRE(wait(context, 2, &moment) == 1);
  REQUIRE(context.submit({&read.request}) == 1);
  const Alarm alarm;
  REQUIRE(wait(context, 2, nullptr) == 1);
}

TEST_CASE("a signal is no error if enough events are there") {
  const RawContext context;
  CompleteRead read;
  const Alarm alarm;
  for (int round = 0; round < 100; ++round) {
    REQUIRE(context.submit({&read.request}) == 1);
    REQUIRE(wait(context, 1, nullptr) == 1);
  }
}

TEST_CASE("io_getevents gives no more than asked for, the oldest first") {
  const RawContext context;
  CompleteRead read;
  for (const std::uint64_t number : {1U, 2U, 3U}) {
    read.request.aio_data = number;
    REQUIRE(context.submit({&read.request}) == 1);
  }
  std::array<raw::io_event, 2> events{};
  REQUIRE(raw::io_getevents(context.handle(), 0, 2, events.data(), nullptr) == 2);
  REQUIRE(events[0].data == 1);
  REQUIRE(events[1].data == 2);
  REQUIRE(context.next_event().data == 3);
}

TEST_CASE("io_getevents that can write only some of the events is EFAULT, and loses none") {
  const RawContext context;
  CompleteRead read;
  REQUIRE(context.submit({&read.request, &read.request}) == 2);
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const memory =
      ::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  auto* const second_page = static_cast<std::byte*>(memory) + page;
  REQUIRE(::mprotect(second_page, page, PROT_NONE) == 0);
  void* const last = second_page - sizeof(raw::io_event);
  auto* const events = static_cast<raw::io_event*>(last);
  REQUIRE(raw::io_getevents(context.handle(), 2, 2, events, nullptr) == -EFAULT);
  REQUIRE(wait(context, 2, nullptr) == 2);
  ::munmap(memory, 2 * page);
}
