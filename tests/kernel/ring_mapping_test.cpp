// The mapping of the completion ring: how long it is, and what a forked child gets of it.
#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <linux_aio/raw.hpp>
#include <string>

#include "tests/support/child.hpp"
#include "tests/support/complete_read.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/raw_ring.hpp"
#include "tests/support/skip.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::CompleteRead;
using linux_aio::testing::Ending;
using linux_aio::testing::first_wrong;
using linux_aio::testing::in_child;
using linux_aio::testing::RawContext;
using linux_aio::testing::RawRing;
using linux_aio::testing::skip;

// How many bytes are mapped in one piece from `address` on, by /proc/self/maps; 0 if none.
std::size_t mapped_at(std::uintptr_t address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::size_t dash = 0;
    if (std::stoull(line, &dash, 16) != address) continue;
    return static_cast<std::size_t>(std::stoull(line.substr(dash + 1), nullptr, 16) - address);
  }
  return 0;
}

}  // namespace

TEST_CASE("the ring is mapped as long as its header and its events are, in whole pages") {
  for (const unsigned nr_events : {1U, 100U, 127U, 128U, 1000U, 10'000U}) {
    const RawContext context(nr_events);
    REQUIRE(mapped_at(context.handle()) == RawRing(context.handle()).length());
  }
}

TEST_CASE("a forked child has its parent's ring, and can take its parent's events from it") {
  const RawContext context;
  CompleteRead read;
  REQUIRE(context.submit({&read.request}) == 1);
  const Ending ending = in_child([&] {
    const auto stolen = RawRing(context.handle()).take();
    return stolen && stolen->obj == raw::address_of(&read.request) ? 0 : 1;
  });
  REQUIRE(ending.status == 0);
  if (RawRing(context.handle()).head() == 0) {
    REQUIRE(context.next_event().obj == raw::address_of(&read.request));
    return skip("this kernel gives a forked child a copy of the ring, with nothing to steal");
  }
  REQUIRE(context.has_no_event());
}

TEST_CASE("MADV_DONTFORK takes the whole ring out of a forked child, and the parent keeps it") {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const RawContext context(static_cast<unsigned>(page / sizeof(raw::io_event)));  // two pages
  const RawRing ring(context.handle());
  const std::size_t length = ring.length();
  REQUIRE(length > page);
  REQUIRE(::madvise(ring.address(), length, MADV_DONTFORK) == 0);
  CompleteRead read;
  REQUIRE(context.submit({&read.request}) == 1);
  const Ending ending = in_child([&] {
    raw::io_event event{};
    raw::getevents_timespec none{};
    // Something else may be mapped there by now, for the child's own use.
    return first_wrong({mapped_at(context.handle()) != length,
                        raw::io_getevents(context.handle(), 0, 1, &event, &none) == -EINVAL,
                        raw::io_destroy(context.handle()) == -EINVAL});
  });
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
  REQUIRE(mapped_at(context.handle()) == length);
  REQUIRE(ring.must_take().res == 1);
}

TEST_CASE("a ring cannot be wiped on fork: MADV_WIPEONFORK is for private memory alone") {
  const RawContext context;
  const RawRing ring(context.handle());
  REQUIRE(::madvise(ring.address(), ring.length(), MADV_WIPEONFORK) == -1);
  REQUIRE(errno == EINVAL);
}

TEST_CASE("MADV_WIPEONFORK gives a forked child zeros, and the parent keeps its memory") {
  const auto length = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const page =
      ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(page != MAP_FAILED);
  auto* const mark = static_cast<int*>(page);
  *mark = 42;
  if (::madvise(page, length, MADV_WIPEONFORK) != 0) {
    skip("no MADV_WIPEONFORK, which is in Linux since 4.14");
  } else {
    const Ending ending = in_child([&] {
      const int first = *mark;
      // And so does a child of the child.
      *mark = 43;
      const Ending inner = in_child([&] { return *mark; });
      return first_wrong({first == 0, inner.status == 0, *mark == 43});
    });
    REQUIRE(ending.status == 0);
    REQUIRE(*mark == 42);
  }
  ::munmap(page, length);
}

TEST_CASE("io_destroy unmaps the ring") {
  raw::aio_context_t context = 0;
  REQUIRE(raw::io_setup(1, &context) == 0);
  REQUIRE(mapped_at(context) != 0);
  REQUIRE(raw::io_destroy(context) == 0);
  REQUIRE(mapped_at(context) == 0);
}
