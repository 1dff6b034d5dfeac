// One thread at a time: handing over is fine, two at once are caught where assertions are on.
#include <unistd.h>

#include <atomic>
#include <catch2/catch_all.hpp>
#include <csignal>
#include <linux_aio/linux_aio.hpp>
#include <thread>
#include <utility>

#include "tests/support/child.hpp"
#include "tests/support/held.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

// What the library itself was compiled with.
#if defined(NDEBUG)
constexpr bool assertions = false;
#else
constexpr bool assertions = true;
#endif

// How a program ends in which one thread waits in a context and another one does `use`.
template <class Use>
Ending beside_a_wait(Use use) {
  return in_child([&use] {
    const Pipe held;
    aio::Context context = std::move(*aio::Context::create());
    auto accepted = context.submit(Held(held), [](const auto&) {});
    if (!accepted) return 1;
    auto commit = context.begin_commit(aio::fsync(aio::BorrowedFd(-1)), [](const auto&) {});
    if (!commit) return 1;
    std::thread waiting([&context] { static_cast<void>(context.wait()); });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    use(context, *commit, *accepted);
    return 2;
  });
}

}  // namespace

TEST_CASE("two threads in one context end the program, where assertions are on") {
  if (!assertions) return skip("two threads in one context are not looked for with NDEBUG");
  const auto require_death = [](auto use) {
    const Ending ending = beside_a_wait(use);
    REQUIRE(ending.signal == SIGABRT);
    REQUIRE(ending.output ==
            "linux_aio: two threads use one Context at the same time: give each thread its own, "
            "or a lock\n");
  };
  const auto sync = [] { return aio::fsync(aio::BorrowedFd(-1)); };
  const auto nothing = [](const auto&) {};
  require_death([](auto& context, auto&, auto) { static_cast<void>(context.wait()); });
  require_death([](auto& context, auto&, auto) { context.flush(); });
  require_death([](auto& context, auto&, auto) { static_cast<void>(context.close()); });
  require_death([](auto& context, auto&, auto id) { static_cast<void>(context.cancel(id)); });
  require_death([&](auto& context, auto&, auto) { static_cast<void>(context.run(sync())); });
  require_death(
      [&](auto& context, auto&, auto) { static_cast<void>(context.submit(sync(), nothing)); });
  require_death([&](auto& context, auto&, auto) {
    static_cast<void>(context.begin_commit(sync(), nothing));
  });
  require_death([&](auto&, auto& commit, auto) {
    static_cast<void>(commit.submit(aio::write(aio::BorrowedFd(-1)).from(Bytes(1)), nothing));
  });
  require_death([](auto&, auto& commit, auto) { std::move(commit).seal(); });
}

TEST_CASE("a context is handed from thread to thread, with what is in flight") {
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  const Pipe held;
  aio::Context context = make_context();
  std::atomic<int> right = 0;
  submit(context, Held(held), [&](const auto&) { ++right; });
  for (std::size_t count = 0; count < 20; ++count) {
    std::thread([&, count] {
      auto [done] = context.run(aio::read(borrowed(file)).into(Bytes(1)).at(count));
      if (done.result == 1U && done.buffer[0] == content[count]) ++right;
    }).join();
  }
  std::thread([&, moved = std::move(context)]() mutable {
    held.feed();
    if (moved.wait() == 1U) ++right;
    if (moved.close()) ++right;
  }).join();
  REQUIRE(right == 23);
}

TEST_CASE("each thread has a context of its own, and their buffers come from one pool") {
  const Bytes content = pattern(4096);
  const TemporaryFile file(content);
  aio::BufferPool pool = must(aio::BufferPool::create({.count = 8, .size = 512}));
  std::vector<aio::PooledBuffer> buffers;
  for (int count = 0; count < 4; ++count) buffers.push_back(must(pool.acquire()));
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (aio::PooledBuffer& given : buffers) {
    threads.emplace_back([&, buffer = std::move(given)]() mutable {
      auto context = aio::Context::create({.capacity = 4});
      if (!context) return;
      for (std::size_t count = 0; count < 500; ++count) {
        const std::size_t offset = count % 8 * 512;
        auto [done] = context->run(aio::read(borrowed(file)).into(std::move(buffer)).at(offset));
        if (done.result == 512U && copy_of(done.bytes()) == part_of(content, offset, 512)) ++right;
        buffer = std::move(done.buffer);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  buffers.clear();
  REQUIRE(right == 2000);
  REQUIRE(pool.available() == 8);
}
