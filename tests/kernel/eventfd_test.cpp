// IOCB_FLAG_RESFD: what an eventfd counts, and when.
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdint>
#include <linux_aio/raw.hpp>
#include <thread>

#include "tests/support/complete_read.hpp"
#include "tests/support/descriptor.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/raw_ring.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::CompleteRead;
using linux_aio::testing::Descriptor;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;
using linux_aio::testing::RawRing;

// Reads, and so resets, the count; 0 if there is none.
std::uint64_t drain(const Descriptor& notification) {
  std::uint64_t counted = 0;
  if (::read(notification.fd(), &counted, sizeof counted) < 0) REQUIRE(errno == EAGAIN);
  return counted;
}

struct CountedRead : CompleteRead {
  CountedRead() { raw::set_eventfd(request, notification.fd()); }

  Descriptor notification{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

}  // namespace

TEST_CASE("each completion counts 1, a failed one too") {
  const RawContext context;
  CountedRead read;
  REQUIRE(context.submit({&read.request, &read.request}) == 2);
  REQUIRE(drain(read.notification) == 2);
  read.request.aio_buf = 0;
  REQUIRE(context.submit({&read.request}) == 1);
  REQUIRE(drain(read.notification) == 1);
  for (const std::int64_t result : {1, 1, -EFAULT}) REQUIRE(context.next_event().res == result);
}

TEST_CASE("a request that is refused counts nothing") {
  const RawContext context;
  CountedRead read;
  read.request.aio_offset = -1;
  REQUIRE(context.submit({&read.request}) == -EINVAL);
  REQUIRE(drain(read.notification) == 0);
}

TEST_CASE("reaping does not drain the eventfd, with io_getevents or in user space") {
  const RawContext context;
  const RawRing ring(context.handle());
  CountedRead read;
  REQUIRE(context.submit({&read.request, &read.request}) == 2);
  REQUIRE(context.next_event().res == 1);
  REQUIRE(ring.must_take().res == 1);
  REQUIRE(!ring.take());
  REQUIRE(drain(read.notification) == 2);
}

TEST_CASE("when the eventfd has counted, the event is in the ring") {
  const RawContext context;
  const RawRing ring(context.handle());
  const Pipe polled;
  const Pipe submitted;
  const Descriptor notification(::eventfd(0, EFD_CLOEXEC));
  constexpr int rounds = 1000;
  raw::iocb request{};
  raw::prep_poll(request, polled.read_end(), raw::pollin);
  raw::set_eventfd(request, notification.fd());
  std::thread feeder([&] {
    char go = 0;
    for (int round = 0; round < rounds; ++round) {
      if (::read(submitted.read_end(), &go, 1) != 1) return;
      if (::write(polled.write_end(), "x", 1) != 1) return;
    }
  });
  int seen = 0;
  for (int round = 0; round < rounds; ++round) {
    char fed = 0;
    const bool complete = context.submit({&request}) == 1 &&
                          ::write(submitted.write_end(), "x", 1) == 1 && drain(notification) == 1;
    if (complete && ring.take()) ++seen;
    if (::read(polled.read_end(), &fed, 1) != 1) break;
  }
  feeder.join();
  REQUIRE(seen == rounds);
}

TEST_CASE("the eventfd is looked up at submission: its number may be closed while it waits") {
  const RawContext context;
  const Pipe pipe;
  Descriptor notification(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const Descriptor duplicate(::dup(notification.fd()));
  raw::iocb request{};
  raw::prep_poll(request, pipe.read_end(), raw::pollin);
  raw::set_eventfd(request, notification.fd());
  REQUIRE(context.submit({&request}) == 1);
  notification.close();
  pipe.feed();
  REQUIRE((context.next_event().res & raw::pollin) == raw::pollin);
  REQUIRE(drain(duplicate) == 1);
}

TEST_CASE("a completion after the eventfd's last descriptor is closed does no harm") {
  const RawContext context;
  const Pipe pipe;
  raw::iocb request{};
  raw::prep_poll(request, pipe.read_end(), raw::pollin);
  {
    const Descriptor notification(::eventfd(0, EFD_CLOEXEC));
    raw::set_eventfd(request, notification.fd());
    REQUIRE(context.submit({&request}) == 1);
  }
  pipe.feed();
  REQUIRE((context.next_event().res & raw::pollin) == raw::pollin);
}
