#include <catch2/catch_all.hpp>
#include <cerrno>
#include <chrono>
#include <linux_aio/linux_aio.hpp>
#include <memory>

#include "tests/support/held.hpp"
#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
using namespace std::chrono_literals;
namespace aio = linux_aio;

}  // namespace

TEST_CASE("close completes what is staged, in the kernel and refused") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  int right = 0;
  const auto count = [&](const auto& done) { right += done.result ? 1 : 0; };
  int wrong = 0;
  const auto count_failure = [&](const auto& done) { wrong += done.result ? 0 : 1; };
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), count);
  submit(context, aio::read(aio::BorrowedFd(-1)).into(Bytes(10)), count_failure);
  context.flush();
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), count);
  submit(context, aio::read(aio::BorrowedFd(-1)).into(Bytes(10)), count_failure);
  must(context.close());
  REQUIRE(right == 2);
  REQUIRE(wrong == 2);
  REQUIRE(context.in_flight() == 0);
}

TEST_CASE("a closed context stays closed, refuses requests and has nothing to wait for") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  must(context.close());
  must(context.close());
  must(context.close(1s));
  auto refused = context.submit(aio::read(borrowed(file)).into(pattern(10)), [](const auto&) {});
  REQUIRE(!refused);
  REQUIRE(refused.error().error == aio::Error(aio::Call::submit, ESHUTDOWN));
  const Bytes back = std::move(refused.error().request).release();
  REQUIRE(back == pattern(10));
  REQUIRE(context.flush() == 0);
  REQUIRE(must(context.poll()) == 0);
  REQUIRE(code_of(context.wait()) == EDEADLK);
  REQUIRE(context.capacity() == 16);
}

TEST_CASE("a context that the kernel does not destroy is not closed") {
  InterposedKernel kernel;
  kernel.io_destroy = [](auto) -> long { return -EPERM; };
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  REQUIRE(context.close() == std::unexpected(aio::Error(aio::Call::io_destroy, EPERM)));
  REQUIRE(!context.closed());
  auto [read] = context.run(aio::read(borrowed(file)).into(Bytes(10)));
  REQUIRE(must(read.result) == 10);
  kernel.io_destroy = nullptr;
  must(context.close());
  REQUIRE(context.closed());
}

TEST_CASE("a close that times out leaves the context open, with what is in flight") {
  InterposedKernel kernel;
  kernel.io_cancel = [](auto...) -> long { return -EINVAL; };  // as for what cannot be cancelled
  const Pipe held;
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  int done = 0;
  submit(context, Held(held), [&](const auto&) { ++done; });
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), [&](const auto&) { ++done; });
  context.flush();  // or it would be cancelled before the kernel sees it
  for (const auto timeout : {0ms, -1ms, 5ms}) {
    const auto closed = context.close(timeout);
    REQUIRE(closed == std::unexpected(aio::Error(aio::Call::close_context, ETIMEDOUT)));
    REQUIRE(closed.error().message().find("1 request") != std::string::npos);
  }
  REQUIRE(code_of(context.close(aio::Context::Clock::time_point::min())) == ETIMEDOUT);
  REQUIRE(done == 1);
  REQUIRE(context.in_flight() == 1);
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), [&](const auto&) { ++done; });
  held.feed();
  must(context.close(30s));
  REQUIRE(done == 3);
}

TEST_CASE("a close that may not cancel polls completes the others and says so") {
  const Pipe ready;
  ready.feed();
  const Pipe idle;
  const TemporaryFile file(pattern(100));
  InterposedKernel kernel;
  kernel.io_cancel = [](auto...) -> long { return -EPERM; };
  aio::Context context = make_context();
  int done = 0;
  submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&](const auto&) { ++done; });
  for (const Pipe* pipe : {&ready, &idle}) {
    submit(context, aio::poll(aio::BorrowedFd(pipe->read_end()), aio::PollEvent::in),
           [&](const auto&) { ++done; });
  }
  REQUIRE(context.flush() == 0);
  const auto closed = context.close();
  REQUIRE(!closed);
  REQUIRE(closed.error() == aio::Error(aio::Call::io_cancel, EPERM));
  REQUIRE(done == 2);
  REQUIRE(context.in_flight() == 1);
  REQUIRE(code_of(context.close(10ms)) == ETIMEDOUT);
  idle.feed();
  must(context.close());
  REQUIRE(done == 3);
}

TEST_CASE("close completes what continuations submit meanwhile") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(2);
  int last = 0;
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), [&](const auto&) {
    submit(context, aio::read(aio::BorrowedFd(-1)).into(Bytes(10)), [&](const auto&) {
      submit(context, aio::fsync(borrowed(file)),
             [&](const auto&) { last = context.in_flight() == 0; });
    });
  });
  must(context.close());
  REQUIRE(last == 1);
}

TEST_CASE("a continuation may close its context") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  int done = 0;
  submit(context, aio::fsync(borrowed(file)), [&](const auto&) {
    ++done;
    must(context.close());
  });
  for (int count = 0; count < 3; ++count) {
    submit(context, aio::fsync(borrowed(file)), [&](const auto&) { ++done; });
  }
  const std::size_t ran = must(context.wait(4));
  REQUIRE(ran >= 1);
  REQUIRE(done == 4);
  REQUIRE(!context.submit(aio::fsync(borrowed(file)), [](const auto&) {}));
}
