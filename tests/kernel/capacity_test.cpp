// How many requests a context takes, and when it takes more.
#include <sched.h>

#include <algorithm>
#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/raw.hpp>
#include <vector>

#include "tests/support/complete_read.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/raw_ring.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::CompleteRead;
using linux_aio::testing::RawContext;
using linux_aio::testing::RawRing;

// Submits until the kernel says EAGAIN, and returns how many it took.
long fill(const RawContext& context, raw::iocb& request) {
  constexpr long most = 1'000'000;
  for (long taken = 0; taken < most; ++taken) {
    const long result = context.submit({&request});
    if (result == 1) continue;
    REQUIRE(result == -EAGAIN);
    return taken;
  }
  FAIL("the context never filled");
  return most;
}

// Goes to each CPU in turn that this thread may run on, and back to all at the end.
class Wanderer {
 public:
  Wanderer() { REQUIRE(::sched_getaffinity(0, sizeof all_, &all_) == 0); }
  Wanderer(const Wanderer&) = delete;
  Wanderer& operator=(const Wanderer&) = delete;
  ~Wanderer() { ::sched_setaffinity(0, sizeof all_, &all_); }

  void go_on() {
    do {
      cpu_ = (cpu_ + 1) % CPU_SETSIZE;
    } while (!CPU_ISSET(cpu_, &all_));
    ::cpu_set_t one{};
    CPU_SET(cpu_, &one);
    REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
  }

 private:
  ::cpu_set_t all_{};
  std::size_t cpu_ = 0;
};

}  // namespace

TEST_CASE("a context takes at least as many requests as asked for, and mostly more") {
  CompleteRead read;
  REQUIRE(fill(RawContext(1), read.request) > 1);
  REQUIRE(fill(RawContext(1000), read.request) >= 1000);
}

TEST_CASE("a full context is EAGAIN until events are reaped, however complete its requests are") {
  CompleteRead read;
  const RawContext context(1);
  const long capacity = fill(context, read.request);
  for (int attempt = 0; attempt < 1000; ++attempt)
    REQUIRE(context.submit({&read.request}) == -EAGAIN);
  std::vector<raw::io_event> events(static_cast<std::size_t>(capacity));
  raw::getevents_timespec none{};
  REQUIRE(raw::io_getevents(context.handle(), capacity, capacity, events.data(), &none) ==
          capacity);
  REQUIRE(std::ranges::all_of(events, [](const raw::io_event& event) { return event.res == 1; }));
  REQUIRE(context.submit({&read.request}) == 1);
}

TEST_CASE("a context takes fewer requests than its ring has places") {
  CompleteRead read;
  for (const unsigned nr_events : {1U, 127U, 1000U}) {
    const RawContext context(nr_events);
    REQUIRE(fill(context, read.request) < static_cast<long>(RawRing(context.handle()).header().nr));
  }
}

TEST_CASE("a full context takes requests again once its events are taken in user space") {
  CompleteRead read;
  const RawContext context(1);
  const RawRing ring(context.handle());
  const long capacity = fill(context, read.request);
  for (int round = 0; round < 3; ++round) {
    for (long each = 0; each < capacity; ++each) REQUIRE(ring.take());
    REQUIRE(!ring.take());
    REQUIRE(fill(context, read.request) >= capacity / 2);
    while (ring.take()) continue;
    REQUIRE(fill(context, read.request) == capacity);
  }
}

TEST_CASE("one event reaped need not make room: places come back in batches for each CPU") {
  CompleteRead read;
  const RawContext context(1);
  const long capacity = fill(context, read.request);
  long reaped = 0;
  do {
    REQUIRE(context.next_event().res == 1);
    ++reaped;
  } while (context.submit({&read.request}) == -EAGAIN);
  INFO(reaped);
  REQUIRE(reaped < capacity);
}

TEST_CASE("a context that holds no more than it asked for is never EAGAIN, on whatever CPU") {
  CompleteRead read;
  Wanderer wanderer;
  for (const unsigned nr_events : {1U, 8U, 120U, 1000U}) {
    const RawContext context(nr_events);
    for (unsigned each = 0; each < nr_events; ++each) {
      if (each % 10 == 0) wanderer.go_on();
      REQUIRE(context.submit({&read.request}) == 1);
    }
    for (unsigned each = 0; each < 3 * nr_events; ++each) {
      if (each % 10 == 0) wanderer.go_on();
      REQUIRE(context.next_event().res == 1);
      REQUIRE(context.submit({&read.request}) == 1);
    }
  }
}
