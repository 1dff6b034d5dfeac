// The completion ring that is mapped at the handle of a context: what it says, and who reads it.
#include <catch2/catch_all.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <linux_aio/raw.hpp>
#include <linux_aio/raw/supplement.hpp>
#include <optional>
#include <vector>

#include "tests/support/complete_read.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/raw_ring.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::CompleteRead;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;
using linux_aio::testing::RawRing;

void submit(const RawContext& context, CompleteRead& read, std::uint64_t number) {
  read.request.aio_data = number;
  REQUIRE(context.submit({&read.request}) == 1);
}

}  // namespace

TEST_CASE("the ring is at the handle, and has the magic and the features that are understood") {
  for (const unsigned nr_events : {1U, 8U, 1000U}) {
    const RawContext context(nr_events);
    const raw::aio_ring& header = RawRing(context.handle()).header();
    REQUIRE(header.magic == raw::aio_ring_magic);
    REQUIRE(header.compat_features == raw::aio_ring_compat_features);
    REQUIRE(header.incompat_features == raw::aio_ring_incompat_features);
    REQUIRE(header.header_length == sizeof(raw::aio_ring));
    REQUIRE(header.nr > nr_events);
    REQUIRE(header.head == 0);
    REQUIRE(header.tail == 0);
  }
}

TEST_CASE("an event is in the ring as io_getevents would give it") {
  const RawContext context;
  const RawRing ring(context.handle());
  REQUIRE(!ring.take());
  CompleteRead read;
  submit(context, read, 0xfedc'ba98'7654'3210);
  REQUIRE(ring.head() == 0);
  REQUIRE(ring.tail() == 1);
  const raw::io_event event = ring.must_take();
  REQUIRE(event.data == 0xfedc'ba98'7654'3210);
  REQUIRE(event.obj == raw::address_of(&read.request));
  REQUIRE(event.res == 1);
  REQUIRE(event.res2 == 0);
}

TEST_CASE("what was taken from the ring io_getevents no longer gives, and the other way round") {
  const RawContext context;
  const RawRing ring(context.handle());
  CompleteRead read;
  for (const std::uint64_t number : {1U, 2U, 3U, 4U}) submit(context, read, number);
  REQUIRE(ring.must_take().data == 1);
  REQUIRE(context.next_event().data == 2);
  REQUIRE(ring.must_take().data == 3);
  REQUIRE(context.next_event().data == 4);
  REQUIRE(!ring.take());
  REQUIRE(context.has_no_event());
}

TEST_CASE("head and tail begin again at 0 after the last event, and order is kept") {
  const RawContext context(1);
  const RawRing ring(context.handle());
  CompleteRead read;
  const std::uint64_t rounds = 3 * std::uint64_t{ring.header().nr};
  for (std::uint64_t number = 0; number < rounds; ++number) {
    REQUIRE(ring.head() == number % ring.header().nr);
    submit(context, read, number);
    REQUIRE(ring.tail() == (number + 1) % ring.header().nr);
    const std::uint64_t taken = number % 2 == 0 ? ring.must_take().data : context.next_event().data;
    REQUIRE(taken == number);
  }
}

TEST_CASE("an event appears in the ring without a system call of its reader") {
  const RawContext context;
  const RawRing ring(context.handle());
  const Pipe pipe;
  raw::iocb request{};
  raw::prep_poll(request, pipe.read_end(), raw::pollin);
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(!ring.take());
  pipe.feed();
  // A poll completes where its file is fed, or at the latest soon after.
  const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  std::optional<raw::io_event> event;
  while (!event && std::chrono::steady_clock::now() < latest) event = ring.take();
  REQUIRE(event);
  REQUIRE((event.value_or(raw::io_event{}).res & raw::pollin) == raw::pollin);
}

TEST_CASE("taking events from the ring makes room for requests") {
  const RawContext context(1);
  const RawRing ring(context.handle());
  CompleteRead read;
  const std::uint64_t many = 10 * std::uint64_t{ring.header().nr};
  std::uint64_t taken = 0;
  for (std::uint64_t number = 0; number < many; number += 50) {
    for (std::uint64_t each = 0; each < 50; ++each) submit(context, read, number + each);
    while (const auto event = ring.take()) REQUIRE(event->data == taken++);
  }
  REQUIRE(taken >= many);
}
