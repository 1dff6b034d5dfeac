// A context belongs to the process that made it.
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <optional>

#include "tests/support/child.hpp"
#include "tests/support/held.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

}  // namespace

TEST_CASE("in a forked child, every call says that the context is another process's") {
  const TemporaryFile file(pattern(100));
  const Pipe held;
  aio::Context context = make_context();
  int done = 0;
  submit(context, Held(held), [&](const auto&) { ++done; });
  context.flush();
  auto staged = context.submit(aio::fsync(borrowed(file)), [&](const auto&) { ++done; });
  const Ending ending = in_child([&] {
    auto [read, synced] =
        context.run(aio::read(borrowed(file)).into(Bytes(10)), aio::fsync(borrowed(file)));
    auto refused = context.submit(aio::read(borrowed(file)).into(pattern(10)), [](const auto&) {});
    const bool back = !refused && std::move(refused.error().request).release() == pattern(10);
    const auto wrong = std::unexpected(aio::Error(aio::Call::submit, EINVAL));
    const auto waited = std::unexpected(aio::Error(aio::Call::wait, EINVAL));
    const std::string message = waited.error().message();
    return first_wrong({read.result == wrong, synced.result == wrong, back,
                        context.wait() == waited, context.poll() == waited, context.flush() == 1,
                        !context.cancel(*staged), context.close() == waited,
                        context.in_flight() == 2, done == 0,
                        message.find("process") != std::string::npos});
  });
  INFO(ending.output);
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
  held.feed();
  REQUIRE(must(context.wait(2)) == 2);
  REQUIRE(done == 2);
}

TEST_CASE("in a forked child, a context that was idle is another process's, too") {
  aio::Context context = make_context();
  const Ending ending = in_child([&] {
    const auto waited = std::unexpected(aio::Error(aio::Call::wait, EINVAL));
    return first_wrong({context.wait() == waited, context.poll() == waited,
                        context.wait(0) == waited, !context.cancel(aio::RequestId(0))});
  });
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
}

TEST_CASE("a forked child cannot take the events of its parent from the ring") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  int done = 0;
  for (int count = 0; count < 3; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(10)), [&](const auto&) { ++done; });
  }
  context.flush();  // buffered reads: all three are in the ring now
  const Ending ending = in_child([&] { return context.poll() ? 1 : 0; });
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
  REQUIRE(must(context.wait(3)) == 3);
  REQUIRE(done == 3);
}

TEST_CASE("a forked child that is itself forked from knows its own contexts") {
  const Ending ending = in_child([] {
    aio::Context own = make_context();
    const TemporaryFile file(pattern(100));
    const Ending grandchild = in_child([&] {
      auto [read] = own.run(aio::read(borrowed(file)).into(Bytes(10)));
      return read.result == std::unexpected(aio::Error(aio::Call::submit, EINVAL)) ? 0 : 1;
    });
    auto [read] = own.run(aio::read(borrowed(file)).into(Bytes(10)));
    return read.result == 10U ? grandchild.status : 3;
  });
  INFO(ending.output);
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
}

TEST_CASE("a forked child that destroys or closes its copy leaves the parent's context alone") {
  const TemporaryFile file(pattern(100));
  const Pipe held;
  std::optional<aio::Context> context(make_context());
  int done = 0;
  submit(*context, Held(held, Bytes(10)), [&](const auto&) { ++done; });
  context->flush();
  const Ending ending = in_child([&] {
    context.reset();
    return done;
  });
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
  held.feed();
  REQUIRE(must(context->wait()) == 1);
  auto [read] = context->run(aio::read(borrowed(file)).into(Bytes(10)));
  REQUIRE(must(read.result) == 10);
}

TEST_CASE("a forked child that ends its copy of a commit tells nobody") {
  const TemporaryFile file(pattern(100));
  const aio::EventFd event_fd = must(aio::EventFd::create());
  aio::Context context = make_context();
  int done = 0;
  auto begun = context.begin_commit(
      aio::fsync(borrowed(file)).notify(event_fd),
      [&](const auto& completion) { done += completion.result.has_value() ? 1 : 0; });
  REQUIRE(begun);
  std::optional<aio::Commit> commit(std::move(*begun));
  const Ending ending = in_child([&] {
    commit.reset();
    return 0;
  });
  REQUIRE(ending.signal == 0);
  REQUIRE(must(event_fd.drain()) == 0);
  std::move(*commit).seal();
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(done == 1);
  REQUIRE(must(event_fd.drain()) == 1);
}

TEST_CASE("a forked child makes contexts of its own") {
  const TemporaryFile file(pattern(100));
  const aio::Context context = make_context();
  const Ending ending = in_child([&] {
    auto own = aio::Context::create();
    if (!own) return 1;
    auto [read] = own->run(aio::read(borrowed(file)).into(Bytes(10)));
    return read.result == 10U ? 0 : 2;
  });
  REQUIRE(ending.status == 0);
}
