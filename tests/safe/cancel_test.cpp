// cancel(), in every state that a request can be in, and the list of what is in flight.
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;
using aio::Cancel;

aio::Poll poll_of(const Pipe& pipe) {
  return aio::poll(aio::BorrowedFd(pipe.read_end()), aio::PollEvent::in);
}

/// Submits, and notes the errno of the completion; 0 if it succeeded.
template <class Request>
aio::RequestId start(aio::Context& context, Request request, std::vector<int>& codes) {
  auto id = context.submit(std::move(request), [&codes](const auto& done) {
    codes.push_back(done.result ? 0 : done.result.error().code());
  });
  REQUIRE(id);
  return *id;
}

}  // namespace

TEST_CASE("what is staged is cancelled before the kernel sees it, whatever it is") {
  InterposedKernel kernel;
  long sent = 0;
  kernel.io_submit = [&](auto handle, long count, auto requests) {
    sent += count;
    return aio::raw::io_submit(handle, count, requests);
  };
  const TemporaryFile file(pattern(10));
  const Pipe pipe;
  for (const std::size_t which : {0U, 1U, 2U, 3U}) {
    aio::Context context = make_context();
    sent = 0;
    std::vector<int> codes;
    const std::vector ids{start(context, aio::read(borrowed(file)).into(Bytes(1)), codes),
                          start(context, aio::fsync(borrowed(file)), codes),
                          start(context, poll_of(pipe), codes),
                          start(context, aio::write(borrowed(file)).from(pattern(10)), codes)};
    REQUIRE(context.cancel(ids[which]) == Cancel::requested);
    REQUIRE(context.cancel(ids[which]) == Cancel::requested);  // as before
    REQUIRE(context.in_flight() == 4);
    if (which != 2) REQUIRE(context.cancel(ids[2]) == Cancel::requested);
    REQUIRE(must(context.wait(4)) == 4);
    REQUIRE(std::ranges::count(codes, ECANCELED) == (which == 2 ? 1 : 2));
    REQUIRE(std::ranges::count(codes, 0) == (which == 2 ? 3 : 2));
    REQUIRE(sent == std::ranges::count(codes, 0));
    REQUIRE(context.cancel(ids[which]) == Cancel::not_in_flight);
  }
}

TEST_CASE("a poll in the kernel is cancelled, once") {
  const Pipe pipe;
  for (const bool ring : {true, false}) {
    aio::Context context = ring ? make_context() : make_context_without_ring();
    std::vector<int> codes;
    const aio::RequestId id = start(context, poll_of(pipe), codes);
    context.flush();
    REQUIRE(context.cancel(id) == Cancel::requested);
    REQUIRE(context.cancel(id) == Cancel::requested);  // without asking the kernel again
    REQUIRE(must(context.wait()) == 1);
    REQUIRE(codes == std::vector{ECANCELED});
    REQUIRE(context.cancel(id) == Cancel::not_in_flight);
  }
}

TEST_CASE("what is complete, but for its continuation, is not cancellable, and succeeds") {
  const Pipe pipe;
  pipe.feed();
  const TemporaryFile file(pattern(10));
  aio::Context context = make_context();
  std::vector<int> codes;
  const aio::RequestId poll = start(context, poll_of(pipe), codes);
  const aio::RequestId read = start(context, aio::read(borrowed(file)).into(Bytes(1)), codes);
  const aio::RequestId refused = start(context, aio::fsync(aio::BorrowedFd(-1)), codes);
  context.flush();
  for (const aio::RequestId id : {poll, read, refused}) {
    REQUIRE(context.cancel(id) == Cancel::not_cancellable);
  }
  REQUIRE(must(context.wait(3)) == 3);
  REQUIRE(codes == std::vector{EBADF, 0, 0});
}

TEST_CASE("the name of a request that is complete is no name of the next in its slot") {
  const Pipe pipe;
  const TemporaryFile file(pattern(10));
  aio::Context context = make_context(1);
  std::vector<int> codes;
  const aio::RequestId old = start(context, aio::fsync(borrowed(file)), codes);
  REQUIRE(must(context.wait()) == 1);
  const aio::RequestId now = start(context, poll_of(pipe), codes);
  REQUIRE(old != now);
  REQUIRE(context.cancel(old) == Cancel::not_in_flight);
  context.flush();
  REQUIRE(context.cancel(old) == Cancel::not_in_flight);
  for (const std::uint64_t value : {~std::uint64_t{0}, std::uint64_t{0xffff'ffff}, std::uint64_t{1},
                                    now.value() + (std::uint64_t{1} << 32U)}) {
    REQUIRE(context.cancel(aio::RequestId(value)) == Cancel::not_in_flight);
  }
  REQUIRE(context.in_flight() == 1);
  must(context.close());
  REQUIRE(codes == std::vector{0, ECANCELED});
  REQUIRE(context.cancel(now) == Cancel::not_in_flight);
}

TEST_CASE("a continuation cancels others, and finds itself not in flight") {
  const Pipe pipe;
  const TemporaryFile file(pattern(10));
  aio::Context context = make_context();
  std::vector<int> codes;
  const aio::RequestId poll = start(context, poll_of(pipe), codes);
  std::optional<aio::RequestId> own;
  std::optional<Cancel> self;
  auto id = context.submit(aio::read(borrowed(file)).into(Bytes(1)), [&](const auto&) {
    self = must(context.cancel(*own));
    const aio::RequestId staged = start(context, aio::fsync(borrowed(file)), codes);
    REQUIRE(context.cancel(staged) == Cancel::requested);
    REQUIRE(context.cancel(poll) == Cancel::requested);
  });
  own = *id;
  while (context.in_flight() != 0) must(context.wait());
  REQUIRE(self == Cancel::not_in_flight);
  REQUIRE(codes == std::vector{ECANCELED, ECANCELED});
}

TEST_CASE(
    "a poll that is cancelled from the continuation of another is not lost in a nested wait") {
  const std::vector<Pipe> pipes(3);
  aio::Context context = make_context();
  std::vector<int> codes;
  const aio::RequestId first = start(context, poll_of(pipes[0]), codes);
  const aio::RequestId second = start(context, poll_of(pipes[1]), codes);
  submit(context, poll_of(pipes[2]), [&](const auto&) {
    REQUIRE(context.cancel(first) == Cancel::requested);
    REQUIRE(context.cancel(second) == Cancel::requested);
    REQUIRE(must(context.wait(2)) == 2);
  });
  pipes[2].feed();
  REQUIRE(must(context.wait()) == 3);
  REQUIRE(codes == std::vector{ECANCELED, ECANCELED});
}

TEST_CASE("where io_cancel is forbidden, it is an error, and the request goes on") {
  InterposedKernel kernel;
  for (const int code : {EPERM, ENOSYS}) {
    const Pipe pipe;
    kernel.io_cancel = [code](auto...) -> long { return -code; };
    aio::Context context = make_context();
    std::vector<int> codes;
    const aio::RequestId id = start(context, poll_of(pipe), codes);
    context.flush();
    REQUIRE(context.cancel(id) == std::unexpected(aio::Error(aio::Call::io_cancel, code)));
    REQUIRE(code_of(context.close(std::chrono::milliseconds(5))) == ETIMEDOUT);
    pipe.feed();
    must(context.close());
    REQUIRE(codes == std::vector{0});
  }
}

TEST_CASE("everything in flight is listed, with what it does") {
  const TemporaryFile file(pattern(100));
  const Pipe pipe;
  aio::Context context = make_context();
  std::vector<int> codes;
  const auto fd = borrowed(file);
  std::map<std::uint64_t, std::string> expected;
  const auto expect = [&](aio::RequestId id, const std::string& text, int of) {
    expected[id.value()] = text + " of file " + std::to_string(of);
  };
  expect(start(context, aio::read(fd).into(Bytes(10)).at(20), codes),
         "read of 10 bytes at offset 20", file.fd());
  expect(start(context, aio::write(fd).from(Bytes(7)), codes), "write of 7 bytes at offset 0",
         file.fd());
  expect(start(context, aio::read(fd).into(std::vector<Bytes>(3)).at(9), codes),
         "read of 3 buffers at offset 9", file.fd());
  expect(start(context, aio::write(fd).from(std::vector<Bytes>(2)), codes),
         "write of 2 buffers at offset 0", file.fd());
  expect(start(context, aio::fsync(fd), codes), "fsync", file.fd());
  expect(start(context, aio::fdatasync(fd), codes), "fdatasync", file.fd());
  context.flush();
  expect(start(context, poll_of(pipe), codes), "poll", pipe.read_end());
  auto commit = context.begin_commit(aio::fdatasync(fd), [](const auto&) {});
  const auto list = [&] {
    std::map<std::uint64_t, std::string> listed;
    context.for_each_in_flight([&](const aio::InFlightRequest& request) {
      REQUIRE(listed.emplace(request.id.value(), request.description()).second);
    });
    return listed;
  };
  std::map<std::uint64_t, std::string> listed = list();
  REQUIRE(listed.size() == 8);  // with the commit's sync
  for (const auto& [id, text] : expected) REQUIRE(listed[id] == text);

  // To cancel while it is listed is what the list is for.
  context.for_each_in_flight([&](const aio::InFlightRequest& request) {
    if (request.operation == aio::InFlightRequest::Operation::poll) {
      REQUIRE(context.cancel(request.id) == Cancel::requested);
    }
  });
  std::move(*commit).seal();
  must(context.close());
  REQUIRE(codes.size() == 7);
  REQUIRE(list().empty());
}
