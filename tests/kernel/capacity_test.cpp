// How many requests a context takes, and when it takes more.
#include <algorithm>
#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/raw.hpp>
#include <vector>

#include "tests/support/raw_context.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::pattern;
using linux_aio::testing::RawContext;
using linux_aio::testing::TemporaryFile;

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

}  // namespace

TEST_CASE("a context takes at least as many requests as asked for, and mostly more") {
  const TemporaryFile file(pattern(1));
  std::array<std::byte, 1> memory{};
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 0);
  REQUIRE(fill(RawContext(1), request) > 1);
  REQUIRE(fill(RawContext(1000), request) >= 1000);
}

TEST_CASE("a full context is EAGAIN until events are reaped, however complete its requests are") {
  const TemporaryFile file(pattern(1));
  std::array<std::byte, 1> memory{};
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 0);
  const RawContext context(1);
  const long capacity = fill(context, request);
  for (int attempt = 0; attempt < 1000; ++attempt) REQUIRE(context.submit({&request}) == -EAGAIN);
  std::vector<raw::io_event> events(static_cast<std::size_t>(capacity));
  raw::getevents_timespec none{};
  REQUIRE(raw::io_getevents(context.handle(), capacity, capacity, events.data(), &none) ==
          capacity);
  REQUIRE(std::ranges::all_of(events, [](const raw::io_event& event) { return event.res == 1; }));
  REQUIRE(context.submit({&request}) == 1);
}
