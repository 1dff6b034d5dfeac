// io_cancel: what it finds, and what becomes of the request. Its plainest use is in tests/raw.
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstring>
#include <linux_aio/raw.hpp>
#include <vector>

#include "tests/support/descriptor.hpp"
#include "tests/support/direct.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Descriptor;
using linux_aio::testing::open_direct;
using linux_aio::testing::Page;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;
using linux_aio::testing::TemporaryFile;

long cancel(const RawContext& context, raw::iocb& request) {
  // The kernel never writes a result, so it needs no place for one.
  return raw::io_cancel(context.handle(), &request, nullptr);
}

raw::iocb poll_of(const Pipe& pipe, std::uint64_t data = 0) {
  raw::iocb request{};
  raw::prep_poll(request, pipe.read_end(), raw::pollin);
  request.aio_data = data;
  return request;
}

}  // namespace

TEST_CASE("a cancelled poll completes once, with the result 0 and its own data") {
  const RawContext context;
  const Pipe pipe;
  raw::iocb request = poll_of(pipe, 7);
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(cancel(context, request) == -EINPROGRESS);
  const raw::io_event event = context.next_event();
  REQUIRE(event.data == 7);
  REQUIRE(event.obj == raw::address_of(&request));
  REQUIRE(event.res == 0);
  REQUIRE(event.res2 == 0);
  pipe.feed();
  REQUIRE(context.has_no_event());
}

TEST_CASE("io_cancel finds a request by the address of its iocb, and reads only aio_key of it") {
  const RawContext context;
  const Pipe pipe;
  raw::iocb request = poll_of(pipe);
  REQUIRE(context.submit({&request}) == 1);
  raw::iocb copy = request;
  REQUIRE(cancel(context, copy) == -EINVAL);
  std::memset(&request, 0xff, sizeof request);
  REQUIRE(cancel(context, request) == -EINVAL);
  request.aio_key = 0;
  REQUIRE(cancel(context, request) == -EINPROGRESS);
  REQUIRE(context.next_event().res == 0);
}

TEST_CASE("of two requests with one address, io_cancel cancels one at a time") {
  const RawContext context;
  const Pipe pipe;
  raw::iocb request = poll_of(pipe);
  REQUIRE(context.submit({&request, &request}) == 2);
  REQUIRE(cancel(context, request) == -EINPROGRESS);
  REQUIRE(context.next_event().res == 0);
  REQUIRE(context.has_no_event());
  REQUIRE(cancel(context, request) == -EINPROGRESS);
  REQUIRE(context.next_event().res == 0);
  REQUIRE(cancel(context, request) == -EINVAL);
}

TEST_CASE("a request of another context is not found") {
  const RawContext context;
  const RawContext other;
  const Pipe pipe;
  raw::iocb request = poll_of(pipe);
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(cancel(other, request) == -EINVAL);
}

TEST_CASE("a poll that is done cannot be cancelled, and keeps its result, reaped or not") {
  const RawContext context;
  const Pipe pipe;
  pipe.feed();
  raw::iocb request = poll_of(pipe);
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(cancel(context, request) == -EINVAL);
  REQUIRE(context.next_event().res == raw::pollin);
  REQUIRE(cancel(context, request) == -EINVAL);
}

TEST_CASE("a poll that is cancelled while its file gets ready completes once, either way") {
  const RawContext context;
  for (int round = 0; round < 200; ++round) {
    const Pipe pipe;
    raw::iocb request = poll_of(pipe);
    REQUIRE(context.submit({&request}) == 1);
    pipe.feed();
    const long cancelled = cancel(context, request);
    REQUIRE((cancelled == -EINPROGRESS || cancelled == -EINVAL));
    const std::int64_t result = context.next_event().res;
    if (cancelled == -EINVAL) REQUIRE((result & raw::pollin) == raw::pollin);
    REQUIRE(context.has_no_event());
  }
}

TEST_CASE("reads, writes and syncs cannot be cancelled, in flight or done") {
  const RawContext context;
  std::vector<Page> pages(256);
  const TemporaryFile file(pattern(pages.size() * sizeof(Page)));
  REQUIRE(::fsync(file.fd()) == 0);
  const auto direct = open_direct(file);
  if (!direct) return;
  std::array<raw::iocb, 3> requests{};
  const std::size_t size = pages.size() * sizeof(Page);
  raw::prep_pread(requests[0], direct->fd(), pages.data(), size, 0);
  raw::prep_pwrite(requests[1], direct->fd(), pages.data(), size, 0);
  raw::prep_fsync(requests[2], direct->fd());
  for (raw::iocb& request : requests) {
    REQUIRE(context.submit({&request}) == 1);
    REQUIRE(cancel(context, request) == -EINVAL);
    REQUIRE(context.next_event().res >= 0);
  }
}

TEST_CASE("a cancelled poll counts in its eventfd") {
  const RawContext context;
  const Pipe pipe;
  const Descriptor notification(::eventfd(0, EFD_CLOEXEC));
  raw::iocb request = poll_of(pipe);
  raw::set_eventfd(request, notification.fd());
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(cancel(context, request) == -EINPROGRESS);
  std::uint64_t counted = 0;
  REQUIRE(::read(notification.fd(), &counted, sizeof counted) == sizeof counted);
  REQUIRE(counted == 1);
  REQUIRE(context.next_event().res == 0);
}
