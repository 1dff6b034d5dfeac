// wait() with a signal mask: signals end it, and none is missed.
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>

#include "tests/support/held.hpp"
#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
using namespace std::chrono_literals;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;
using Clock = aio::Context::Clock;

/// SIGUSR1 is blocked, as a program blocks what its main loop handles, and counted where it is not.
class Blocked {
 public:
  Blocked() {
    seen = 0;
    struct ::sigaction action{};
    action.sa_handler = [](int) { seen = seen + 1; };
    REQUIRE(::sigaction(SIGUSR1, &action, &action_) == 0);
    ::sigset_t blocked;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGUSR1);
    REQUIRE(::sigprocmask(SIG_BLOCK, &blocked, &open_) == 0);
  }
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;
  ~Blocked() {
    ::sigprocmask(SIG_SETMASK, &open_, nullptr);
    ::sigaction(SIGUSR1, &action_, nullptr);
  }

  [[nodiscard]] static int count() { return seen; }
  /// The mask without SIGUSR1.
  [[nodiscard]] const ::sigset_t& open() const { return open_; }

 private:
  ::sigset_t open_{};
  static inline volatile std::sig_atomic_t seen = 0;
  struct ::sigaction action_{};
};

}  // namespace

TEST_CASE("a signal that is pending before the wait ends it, and is handled once") {
  const Pipe held;
  const Blocked blocked;
  aio::Context context = make_context();
  submit(context, Held(held), [](const auto&) {});
  REQUIRE(::raise(SIGUSR1) == 0);
  REQUIRE(must(context.wait(1, 10ms)) == 0);  // without a mask it stays pending
  REQUIRE(Blocked::count() == 0);
  const auto waited = context.wait(1, Clock::time_point::max(), blocked.open());
  REQUIRE(waited == std::unexpected(aio::Error(aio::Call::io_pgetevents, EINTR)));
  REQUIRE(Blocked::count() == 1);
  REQUIRE(context.in_flight() == 1);
  held.feed();
  REQUIRE(must(context.wait(1, Clock::time_point::max(), blocked.open())) == 1);
}

TEST_CASE("a signal that comes during the wait ends it") {
  const Pipe held;
  const Blocked blocked;
  aio::Context context = make_context();
  submit(context, Held(held), [](const auto&) {});
  context.flush();
  struct ::sigevent notice{};
  notice.sigev_notify = SIGEV_SIGNAL;
  notice.sigev_signo = SIGUSR1;
  ::timer_t timer{};
  REQUIRE(::timer_create(CLOCK_MONOTONIC, &notice, &timer) == 0);
  const struct ::itimerspec soon{.it_interval = {},
                                 .it_value = {.tv_sec = 0, .tv_nsec = 20'000'000}};
  REQUIRE(::timer_settime(timer, 0, &soon, nullptr) == 0);
  REQUIRE(code_of(context.wait(1, Clock::now() + 20s, blocked.open())) == EINTR);
  REQUIRE(Blocked::count() == 1);
  ::timer_delete(timer);
}

TEST_CASE("what completed before the signal is told instead of it, and the signal is not lost") {
  const Pipe held;
  const TemporaryFile file(pattern(10));
  const Blocked blocked;
  for (const bool ring : {true, false}) {
    aio::Context context = ring ? make_context() : make_context_without_ring();
    const int before = Blocked::count();
    submit(context, Held(held), [](const auto&) {});
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [](const auto&) {});
    REQUIRE(::raise(SIGUSR1) == 0);
    REQUIRE(must(context.wait(2, Clock::now() + 20s, blocked.open())) == 1);
    REQUIRE(Blocked::count() - before <= 1);
    // Without a signal handled yet, the next wait does.
    if (Blocked::count() == before) {
      REQUIRE(code_of(context.wait(1, Clock::now() + 20s, blocked.open())) == EINTR);
    }
    REQUIRE(Blocked::count() == before + 1);
  }
}

TEST_CASE("a wait with a mask has its deadline, and needs no waiting for what is there") {
  const Pipe held;
  const TemporaryFile file(pattern(10));
  const Blocked blocked;
  aio::Context context = make_context();
  REQUIRE(code_of(context.wait(1, Clock::now(), blocked.open())) == EDEADLK);
  submit(context, Held(held), [](const auto&) {});
  const auto begin = Clock::now();
  REQUIRE(must(context.wait(1, begin + 30ms, blocked.open())) == 0);
  REQUIRE(Clock::now() - begin >= 30ms);
  for (int count = 0; count < 10; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [](const auto&) {});
  }
  REQUIRE(must(context.wait(10, Clock::time_point::max(), blocked.open())) == 10);
  held.feed();
  must(context.close());
}

TEST_CASE("a wait with a mask returns where it has to ask the kernel in parts") {
  const TemporaryFile file(pattern(10));
  const Blocked blocked;
  InterposedKernel kernel;
  long in_kernel = 0;  // which has room for 2
  kernel.io_submit = [&](auto handle, long count, auto requests) -> long {
    if (in_kernel == 2) return -EAGAIN;
    const long result = raw::io_submit(handle, std::min(count, 2 - in_kernel), requests);
    if (result > 0) in_kernel += result;
    return result;
  };
  kernel.io_pgetevents = [&](auto handle, long least, long, auto events, auto timeout, auto mask) {
    const long result = raw::io_pgetevents(handle, least, least, events, timeout, mask);
    if (result > 0) in_kernel -= result;
    return result;
  };
  aio::Context context = make_context_without_ring(200);
  for (int count = 0; count < 200; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [](const auto&) {});
  }
  // The kernel runs a handler whatever it returns, so only whoever has set it can tell.
  std::size_t done = 0;
  while (done < 200) {
    const std::size_t ran = must(context.wait(150, Clock::now() + 20s, blocked.open()));
    REQUIRE(ran != 0);
    done += ran;
  }
  REQUIRE(done == 200);
}

TEST_CASE("a signal is not missed where the kernel is asked in parts") {
  const Pipe held;
  const TemporaryFile file(pattern(10));
  const Blocked blocked;
  aio::Context context =
      must(aio::Context::create({.capacity = 8, .reap_in_user_space = false, .kernel_limit = 1}));
  submit(context, Held(held), [](const auto&) {});
  for (int count = 0; count < 2; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [](const auto&) {});
  }
  REQUIRE(::raise(SIGUSR1) == 0);
  const auto begin = Clock::now();
  while (Blocked::count() == 0) {
    const auto waited = context.wait(3, begin + 20s, blocked.open());
    REQUIRE((waited || waited.error().code() == EINTR));
  }
  REQUIRE(Clock::now() - begin < 10s);
  held.feed();
  must(context.close());
}

TEST_CASE("a wait with a mask does not spin, while its signal would stay blocked") {
  const Pipe held;
  const Blocked blocked;
  aio::Context context = must(aio::Context::create({.spin = 1h}));
  submit(context, Held(held), [](const auto&) {});
  REQUIRE(::raise(SIGUSR1) == 0);
  REQUIRE(code_of(context.wait(1, Clock::now() + 20s, blocked.open())) == EINTR);
}

TEST_CASE("the mask is given to the kernel as it is, with the size that the kernel expects") {
  const TemporaryFile file(pattern(10));
  const Blocked blocked;
  InterposedKernel kernel;
  int calls = 0;
  kernel.io_pgetevents = [&](auto handle, long least, long most, auto events, auto timeout,
                             auto mask) {
    ++calls;
    CHECK(mask->sigsetsize == 8);
    CHECK(mask->sigmask == reinterpret_cast<std::uintptr_t>(&blocked.open()));
    CHECK(timeout == nullptr);
    return raw::io_pgetevents(handle, least, most, events, timeout, mask);
  };
  aio::Context context = make_context_without_ring();
  submit(context, aio::read(borrowed(file)).into(Bytes(1)), [](const auto&) {});
  REQUIRE(must(context.wait(1, Clock::time_point::max(), blocked.open())) == 1);
  REQUIRE(calls == 1);
}

TEST_CASE("where io_pgetevents is missing or forbidden, the wait says so and loses nothing") {
  const TemporaryFile file(pattern(10));
  const Blocked blocked;
  for (const int code : {ENOSYS, EPERM}) {
    InterposedKernel kernel;
    kernel.io_pgetevents = [code](auto...) -> long { return -code; };
    aio::Context context = make_context_without_ring();
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [](const auto&) {});
    const auto waited = context.wait(1, Clock::now() + 1s, blocked.open());
    REQUIRE(waited == std::unexpected(aio::Error(aio::Call::io_pgetevents, code)));
    REQUIRE(waited.error().message().find("io_pgetevents: ") == 0);
    REQUIRE(context.in_flight() == 1);
    REQUIRE(must(context.wait(1)) == 1);
  }
}
