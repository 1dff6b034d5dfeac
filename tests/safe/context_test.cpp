#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <linux_aio/linux_aio.hpp>
#include <thread>
#include <type_traits>

#include "tests/support/child.hpp"
#include "tests/support/held.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

}  // namespace

static_assert(std::is_nothrow_move_constructible_v<aio::Context>);
static_assert(std::is_nothrow_move_assignable_v<aio::Context>);
static_assert(!std::is_copy_constructible_v<aio::Context>);

TEST_CASE("a new context has the capacity asked for and nothing in flight") {
  const aio::Context context = make_context(3);
  REQUIRE(context.capacity() == 3);
  REQUIRE(context.in_flight() == 0);
  REQUIRE(context.statistics().accepted == 0);
  REQUIRE(context.statistics().io_submit_calls == 0);
}

TEST_CASE("a capacity that the kernel cannot have is refused before anything is allocated") {
  for (const std::uint32_t capacity : {0U, 4'194'305U, 0xffff'ffffU}) {
    const auto context = aio::Context::create({.capacity = capacity});
    REQUIRE(!context);
    REQUIRE(context.error() == aio::Error(aio::Call::io_setup, EINVAL));
    REQUIRE(context.error().message().find(std::to_string(capacity)) != std::string::npos);
  }
}

TEST_CASE("a capacity over fs.aio-max-nr is EAGAIN, and the message has the numbers") {
  std::uint32_t most = 0;
  REQUIRE(std::ifstream("/proc/sys/fs/aio-max-nr") >> most);
  if (most >= 1'000'000) {
    skip("fs.aio-max-nr is so high that the table alone would fill the memory");
    return;
  }
  const auto context = aio::Context::create({.capacity = most + 1});
  REQUIRE(!context);
  REQUIRE(context.error() == aio::Error(aio::Call::io_setup, EAGAIN));
  const std::string message = context.error().message();
  REQUIRE(message.find("fs.aio-max-nr") != std::string::npos);
  REQUIRE(message.find(std::to_string(most + 1)) != std::string::npos);
  REQUIRE(message.find("is " + std::to_string(most) + ", of which ") != std::string::npos);
}

TEST_CASE("a moved context keeps its requests, and the program ends if the old one is used") {
  const TemporaryFile file(pattern(100));
  aio::Context first = make_context();
  int done = 0;
  submit(first, aio::read(borrowed(file)).into(Bytes(100)), [&](const auto&) { ++done; });
  aio::Context second = std::move(first);
  REQUIRE(second.in_flight() == 1);
  REQUIRE(must(second.wait()) == 1);
  REQUIRE(done == 1);

  // NOLINTNEXTLINE(bugprone-use-after-move): the test
  const Ending ending = in_child([&first] {
    static_cast<void>(first.poll());
    return 0;
  });
  REQUIRE(ending.signal == SIGABRT);
  REQUIRE(ending.output.find("linux_aio: a Context was used after it was moved from") !=
          std::string::npos);
}

TEST_CASE("assigning to a context discards what the old one had in flight") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(1);
  bool called = false;
  submit(context, aio::read(borrowed(file)).into(Bytes(100)), [&](const auto&) { called = true; });
  context = make_context(2);
  REQUIRE(context.capacity() == 2);
  REQUIRE(context.in_flight() == 0);
  REQUIRE(must(context.poll()) == 0);
  REQUIRE(!called);
}

TEST_CASE("a context assigned to itself stays what it was") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  int done = 0;
  submit(context, aio::read(borrowed(file)).into(Bytes(100)), [&](const auto&) { ++done; });
  aio::Context& same = context;
  context = std::move(same);
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(done == 1);
}

TEST_CASE("an idle context makes no system call") {
  aio::Context context = make_context();
  REQUIRE(must(context.poll()) == 0);
  REQUIRE(must(context.wait(0)) == 0);
  REQUIRE(context.flush() == 0);
  REQUIRE(context.statistics().io_submit_calls == 0);
  REQUIRE(context.statistics().io_getevents_calls == 0);
}

TEST_CASE("the statistics tell accepted from refused, and count system calls") {
  const TemporaryFile file(pattern(100));
  for (const bool ring : {false, true}) {
    aio::Context context = ring ? make_context() : make_context_without_ring();
    for (int count = 0; count < 4; ++count) {
      submit(context, aio::read(borrowed(file)).into(Bytes(100)), [](const auto&) {});
    }
    REQUIRE(must(context.wait(4)) == 4);
    submit(context, aio::read(aio::BorrowedFd(-1)).into(Bytes(100)), [](const auto&) {});
    REQUIRE(must(context.wait()) == 1);
    const aio::Statistics statistics = context.statistics();
    REQUIRE(statistics.accepted == 4);
    REQUIRE(statistics.refused == 1);
    REQUIRE(statistics.io_submit_calls == 2);
    REQUIRE(statistics.io_getevents_calls == (ring ? 0 : 1));
    REQUIRE(statistics.reaped_in_user_space == (ring ? 4 : 0));
    REQUIRE(statistics.reaped_by_system_call == (ring ? 0 : 4));
    REQUIRE(statistics.time_in_io_submit.count() == 0);
    REQUIRE(statistics.io_submit_calls_that_slept == 0);
  }
}

TEST_CASE("a context that measures tells the time inside io_submit, and whether it slept") {
  const TemporaryFile file(pattern(100));
  aio::Context context = must(aio::Context::create({.capacity = 16, .measure_submission = true}));
  submit(context, aio::read(borrowed(file)).into(Bytes(100)), [](const auto&) {});
  REQUIRE(must(context.wait()) == 1);
  const auto once = context.statistics().time_in_io_submit;
  REQUIRE(once.count() > 0);

  // What sleeps for certain: a synchronous write to a file that is not in memory only. Where the
  // file system needs no sleep for it, the counter must say so; both are true of some machine.
  const aio::File synced = must(aio::File::open(file.path().c_str(), aio::Access::write_only));
  submit(context, aio::write(synced).from(pattern(100)).flags(aio::WriteFlag::dsync),
         [](const auto&) {});
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(context.statistics().time_in_io_submit > once);
  REQUIRE(context.statistics().io_submit_calls_that_slept <= context.statistics().io_submit_calls);
}

TEST_CASE("contexts do not see each other's requests") {
  const Pipe pipe;
  aio::Context first = make_context();
  aio::Context second = make_context();
  submit(first, Held(pipe), [](const auto&) {});
  REQUIRE(must(first.poll()) == 0);
  REQUIRE(code_of(second.wait()) == EDEADLK);
  pipe.feed();
  REQUIRE(must(second.poll()) == 0);
  REQUIRE(must(first.wait()) == 1);
}

TEST_CASE("each thread can have its own context") {
  constexpr int rounds = 200;
  const Bytes content = pattern(4096);
  const TemporaryFile file(content);
  std::vector<int> right(4);
  std::vector<std::thread> threads;
  threads.reserve(right.size());
  for (int& count : right) {
    threads.emplace_back([&count, &file, &content] {
      auto context = aio::Context::create({.capacity = 4});
      if (!context) return;
      for (int round = 0; round < rounds; ++round) {
        auto [done] = context->run(aio::read(borrowed(file)).into(Bytes(4096)));
        if (done.result && done.buffer == content) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(right == std::vector<int>(4, rounds));
}

TEST_CASE("a context may be handed from thread to thread with requests in flight") {
  const Pipe pipe;
  aio::Context context = make_context();
  int done = 0;
  submit(context, Held(pipe), [&done](const auto&) { ++done; });
  REQUIRE(must(context.poll()) == 0);
  std::thread([&done, &pipe, context = std::move(context)]() mutable {
    pipe.feed();
    if (!context.wait()) done = -1;
  }).join();
  REQUIRE(done == 1);
}
