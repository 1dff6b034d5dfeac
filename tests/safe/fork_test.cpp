// A context belongs to the process that made it. The kernel says EINVAL to a forked child.
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

// 0 if all are true, or else the number of the first that is not.
int first_wrong(std::initializer_list<bool> all) {
  int number = 1;
  for (const bool each : all) {
    if (!each) return number;
    ++number;
  }
  return 0;
}

}  // namespace

TEST_CASE("in a forked child, requests complete with EINVAL and nothing hangs") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  const Ending ending = in_child([&] {
    auto [read, synced] =
        context.run(aio::read(borrowed(file)).into(Bytes(10)), aio::fsync(borrowed(file)));
    std::optional<int> code;
    const bool submitted{context.submit(aio::read(borrowed(file)).into(Bytes(10)), [&](auto done) {
      code = done.result ? 0 : done.result.error().code();
    })};
    const auto waited = context.wait();
    const auto closed = context.close();
    return first_wrong({!read.result && read.result.error().code() == EINVAL,
                        !synced.result && synced.result.error().code() == EINVAL, submitted,
                        waited == 1U, code == EINVAL, context.in_flight() == 0,
                        closed == std::unexpected(aio::Error(aio::Call::io_destroy, EINVAL)),
                        context.close().has_value()});
  });
  INFO(ending.output);
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
}

TEST_CASE("a forked child cannot wait for its parent's requests, but runs what was refused") {
  const TemporaryFile file(pattern(100));
  const Pipe held;
  aio::Context context = make_context();
  int done = 0;
  submit(context, Held(held), [&](const auto&) { ++done; });
  context.flush();
  submit(context, aio::fsync(borrowed(file)), [&](const auto&) { ++done; });  // staged, in both
  const Ending ending = in_child([&] {
    const auto first = context.wait();
    const auto second = context.wait();
    const auto third = context.poll();
    const auto closed = context.close();
    auto [read] = context.run(aio::read(borrowed(file)).into(Bytes(10)));
    const auto wrong = std::unexpected(aio::Error(aio::Call::io_getevents, EINVAL));
    const bool told = wrong.error().message().find("another process") != std::string::npos;
    return first_wrong({first == 1U, done == 1, second == wrong, third == wrong,
                        closed == std::unexpected(wrong.error()), context.in_flight() == 1,
                        !read.result && read.result.error().code() == EINVAL, told});
  });
  INFO(ending.output);
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
  held.feed();
  REQUIRE(must(context.wait(2)) == 2);
  REQUIRE(done == 2);
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
