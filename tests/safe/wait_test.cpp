#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <limits>
#include <linux_aio/linux_aio.hpp>
#include <thread>
#include <vector>

#include "tests/support/alarm.hpp"
#include "tests/support/held.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/task.hpp"

namespace {

using namespace linux_aio::testing;
using namespace std::chrono_literals;
namespace aio = linux_aio;
using Clock = aio::Context::Clock;

}  // namespace

TEST_CASE("there is nothing to wait for when nothing is in flight") {
  aio::Context context = make_context();
  REQUIRE(context.wait() == std::unexpected(aio::Error(aio::Call::wait, EDEADLK)));
  REQUIRE(code_of(context.wait(1, 1ms)) == EDEADLK);
  REQUIRE(must(context.wait(0)) == 0);
  REQUIRE(must(context.poll()) == 0);
}

TEST_CASE("wait returns when as many continuations have run as asked for") {
  const std::vector<Pipe> pipes(4);
  aio::Context context = make_context();
  int done = 0;
  for (const Pipe& pipe : pipes) submit(context, Held(pipe), [&](const auto&) { ++done; });
  pipes[0].feed();
  REQUIRE(must(context.wait(1)) == 1);
  REQUIRE(done == 1);
  pipes[1].feed();
  pipes[2].feed();
  REQUIRE(must(context.wait(2)) == 2);
  REQUIRE(done == 3);
  REQUIRE(context.in_flight() == 1);
  pipes[3].feed();
  must(context.close());
  REQUIRE(done == 4);
}

TEST_CASE("wait sends what continuations stage before it sleeps") {
  const TemporaryFile file(pattern(100));
  const Pipe pipe(O_NONBLOCK);  // which kernels before 6.4 can write to, too
  aio::Context context = make_context();
  int done = 0;
  const auto note = [&](const auto&) { ++done; };
  submit(context, Held(pipe), note);
  submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&](const auto&) {
    ++done;
    submit(context, aio::write(aio::BorrowedFd(-1)).from(Bytes(1)), note);
    submit(context, aio::write(aio::BorrowedFd(pipe.write_end())).from(Bytes(1)), note);
  });
  REQUIRE(must(context.wait(4, 20s)) == 4);  // the poll waits for the write
  REQUIRE(done == 4);
}

TEST_CASE("wait runs all that is ready, even if less was asked for") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(500);
  int done = 0;
  for (int count = 0; count < 500; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(10)), [&](const auto&) { ++done; });
  }
  REQUIRE(must(context.wait(1)) == 500);
  REQUIRE(done == 500);
}

TEST_CASE("poll runs all that is ready, however much it is") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(500);
  for (const std::size_t many : {63U, 64U, 65U, 128U, 500U}) {
    for (std::size_t count = 0; count < many; ++count) {
      submit(context, aio::read(borrowed(file)).into(Bytes(10)), [](const auto&) {});
    }
    REQUIRE(must(context.poll()) == many);
  }
}

TEST_CASE("waiting for more than is in flight ends when all is complete") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  for (int count = 0; count < 3; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(10)), [](const auto&) {});
  }
  REQUIRE(must(context.wait(std::numeric_limits<std::size_t>::max())) == 3);
  submit(context, aio::read(aio::BorrowedFd(-1)).into(Bytes(10)), [](const auto&) {});
  REQUIRE(must(context.wait(2)) == 1);
}

TEST_CASE("what completes at once counts for a wait that has to sleep for the rest") {
  const TemporaryFile file(pattern(100));
  const Pipe pipe;
  aio::Context context = make_context();
  int done = 0;
  submit(context, Held(pipe), [&](const auto&) { ++done; });
  for (int count = 0; count < 3; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(10)), [&](const auto&) {
      if (++done == 3) pipe.feed();
    });
  }
  REQUIRE(must(context.wait(4)) == 4);
  REQUIRE(done == 4);
}

TEST_CASE("a wait tells what ran before a continuation closed the context") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  for (int count = 0; count < 3; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(10)), [&](const auto&) {
      if (context.in_flight() == 0) must(context.close());
    });
  }
  REQUIRE(must(context.wait(5)) == 3);
  REQUIRE(code_of(context.wait()) == EDEADLK);
}

TEST_CASE("a wait sleeps for one at a time while others go out behind what completes") {
  const TemporaryFile file(pattern(100));
  const Pipe idle;
  {
    aio::Context context = make_context_without_ring();
    submit(context, Held(idle), [](const auto&) {});
    int done = 0;
    auto commit =
        context.begin_commit(aio::fdatasync(borrowed(file)), [&](const auto&) { ++done; });
    REQUIRE(commit);
    REQUIRE(
        commit->submit(aio::write(borrowed(file)).from(Bytes(10)), [&](const auto&) { ++done; }));
    std::move(*commit).seal();
    REQUIRE(must(context.wait(2, 20s)) == 2);
    REQUIRE(done == 2);
    idle.feed();
    must(context.close());
  }
  {
    const Pipe other;
    aio::Context context = must(aio::Context::create({.capacity = 3, .reap_in_user_space = false}));
    submit(context, Held(other), [](const auto&) {});
    int done = 0;
    const auto start = [&]() -> Task {
      const auto completion = co_await context.async(aio::read(borrowed(file)).into(Bytes(10)));
      done += completion.result == 10U ? 1 : 0;
    };
    std::vector<Task> tasks;
    for (int count = 0; count < 4; ++count) tasks.push_back(start());
    REQUIRE(must(context.wait(4, 20s)) == 4);
    REQUIRE(done == 4);
    other.feed();
    must(context.close());
  }
}

TEST_CASE("a deadline holds while continuations keep submitting, beside what does not complete") {
  const TemporaryFile file(pattern(100));
  for (const aio::BorrowedFd fd : {borrowed(file), aio::BorrowedFd(-1)}) {
    for (const auto spin : {0ms, 1ms}) {
      const Pipe idle;
      aio::Context context = must(aio::Context::create({.spin = spin}));
      submit(context, Held(idle), [](const auto&) {});
      const auto begin = Clock::now();
      bool stop = false;
      const std::function<void()> next = [&] {
        submit(context, aio::read(fd).into(Bytes(1)), [&](const auto&) {
          if (stop || Clock::now() - begin > 5s) return;
          next();
          context.flush();
        });
      };
      next();
      must(context.wait(std::numeric_limits<std::size_t>::max(), 10ms));
      REQUIRE(Clock::now() - begin < 4s);
      stop = true;
      idle.feed();
      must(context.close());
    }
  }
}

TEST_CASE("wait(0) is poll") {
  const Pipe pipe;
  aio::Context context = make_context();
  submit(context, Held(pipe), [](const auto&) {});
  REQUIRE(must(context.wait(0)) == 0);
  REQUIRE(must(context.wait(0, 1h)) == 0);
  pipe.feed();
  REQUIRE(must(context.wait(0)) == 1);
}

TEST_CASE("a wait that times out tells how many ran, and the rest stays in flight") {
  const Pipe held;
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  submit(context, Held(held), [](const auto&) {});
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), [](const auto&) {});
  const auto begin = Clock::now();
  REQUIRE(must(context.wait(2, 20ms)) == 1);
  REQUIRE(Clock::now() - begin >= 20ms);
  REQUIRE(context.in_flight() == 1);
  REQUIRE(must(context.wait(1, Clock::now() + 1ms)) == 0);
  held.feed();
  REQUIRE(must(context.wait(1, 30s)) == 1);
}

TEST_CASE("a deadline in the far future is no overflow") {
  const Pipe held;
  aio::Context context = make_context();
  const auto once = [&](auto wait) {
    submit(context, Held(held), [](const auto&) {});
    REQUIRE(must(context.poll()) == 1);
    submit(context, Held(held), [](const auto&) {});
    REQUIRE(must(wait()) == 1);
  };
  held.feed();
  once([&] { return context.wait(1, Clock::time_point::max()); });
  once([&] { return context.wait(1, Clock::duration::max()); });
  once([&] { return context.wait(1, std::chrono::hours::max()); });
  once([&] { return context.wait(1, std::chrono::duration<double>(1e300)); });
  once([&] { return context.wait(1, std::chrono::duration<float, std::nano>(1e18F)); });
}

TEST_CASE("a wait goes on after signals, until its deadline") {
  const Pipe held;
  aio::Context context = make_context();
  submit(context, Held(held), [](const auto&) {});
  const Alarm alarm;
  const auto begin = Clock::now();
  REQUIRE(must(context.wait(1, 100ms)) == 0);
  REQUIRE(Clock::now() - begin >= 100ms);
  REQUIRE(Alarm::count() >= 2);
}

TEST_CASE("an endless wait goes on after signals, until its request is complete") {
  const Pipe held;
  aio::Context context = make_context();
  submit(context, Held(held), [](const auto&) {});
  const Alarm alarm;
  bool fed = false;
  std::thread later([&held, &fed] {
    ::sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);  // the signals are for the waiting thread
    std::this_thread::sleep_for(60ms);
    fed = ::write(held.write_end(), "x", 1) == 1;  // Catch2's assertions are for one thread only
  });
  REQUIRE(must(context.wait()) == 1);
  later.join();
  REQUIRE(fed);
  REQUIRE(Alarm::count() >= 1);
}

TEST_CASE("a deadline in the past completes what is ready and waits for nothing") {
  const Pipe held;
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  submit(context, Held(held), [](const auto&) {});
  for (const auto deadline :
       {Clock::now(), Clock::now() - 1h, Clock::time_point(), Clock::time_point::min()}) {
    submit(context, aio::read(borrowed(file)).into(Bytes(10)), [](const auto&) {});
    REQUIRE(must(context.wait(2, deadline)) == 1);
    REQUIRE(must(context.wait(1, deadline)) == 0);
  }
  for (const auto timeout : {0ns, -1ns, std::chrono::nanoseconds::min()}) {
    submit(context, aio::read(borrowed(file)).into(Bytes(10)), [](const auto&) {});
    REQUIRE(must(context.wait(2, timeout)) == 1);
  }
  REQUIRE(must(context.wait(1, -1.5s)) == 0);
  REQUIRE(must(context.wait(1, std::chrono::hours::min())) == 0);
  held.feed();
  must(context.close());
}

TEST_CASE("a timeout that is no number waits for nothing") {
  const Pipe held;
  aio::Context context = make_context();
  submit(context, Held(held), [](const auto&) {});
  const std::chrono::duration<double> none(std::numeric_limits<double>::quiet_NaN());
  REQUIRE(must(context.wait(1, none)) == 0);
}

TEST_CASE("a deadline holds even if continuations keep submitting what is refused at once") {
  aio::Context context = make_context();
  struct Again {
    aio::Context& context;
    int& calls;
    void operator()(aio::SyncCompletion) const {
      ++calls;
      static_cast<void>(context.submit(aio::fsync(aio::BorrowedFd(-1)), Again{context, calls}));
    }
  };
  int calls = 0;
  submit(context, aio::fsync(aio::BorrowedFd(-1)), Again{context, calls});
  constexpr std::size_t endless = std::numeric_limits<std::size_t>::max();
  const std::size_t ran = must(context.wait(endless, 20ms));
  REQUIRE(ran == static_cast<std::size_t>(calls));
  REQUIRE(context.in_flight() == 1);
}
