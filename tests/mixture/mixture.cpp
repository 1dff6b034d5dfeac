#include "tests/mixture/mixture.hpp"

#include <fcntl.h>

#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

#include "tests/mixture/kernels.hpp"

namespace linux_aio::testing {
namespace {

using namespace std::chrono_literals;

}  // namespace

Mixture::Mixture(unsigned seed, bool reap_in_user_space)
    : random_(seed),
      content_(pattern(file_size, seed)),
      source_(content_),
      read_only_(must(File::open(source_.path().c_str(), Access::read_only))),
      pipes_(4),
      context_(must(Context::create({.capacity = static_cast<std::uint32_t>(2 + random_.below(40)),
                                     .reap_in_user_space = reap_in_user_space}))) {
  // Some room must be left, in the context and in the kernel, for those that complete.
  most_endless_ = std::min<std::size_t>(context_.capacity() - 1, HostileKernel::room / 2);
}

void Mixture::play(std::size_t steps) {
  for (steps_left_ = steps; steps_left_ != 0 && wrong_.empty();) act(0);
  closing_ = true;
  while (!commits_.empty()) seal_commit();
  must(context_.close());
  for (const Coroutine& coroutine : coroutines_) check(coroutine.task->done(), "a coroutine waits");
  INFO(wrong_);
  REQUIRE(wrong_.empty());
  REQUIRE(context_.in_flight() == 0);
  REQUIRE(sure_ == 0);
  REQUIRE(endless_ == 0);
  REQUIRE(
      std::ranges::all_of(requests_, [](const Request& each) { return each.completions == 1; }));
  Bytes written = target_.content();
  written.resize(expected_.size());
  REQUIRE((written == expected_));
}

void Mixture::check(bool right, const char* what) {
  if (!right && wrong_.empty()) wrong_ = what;
}

void Mixture::check_ran(const Result<std::size_t>& ran) {
  if (!ran && wrong_.empty()) wrong_ = ran.error().message();
}

void Mixture::act(int depth) {
  if (steps_left_ == 0) return;
  --steps_left_;
  switch (random_.below(24)) {
    case 0:
      context_.flush();
      return;
    case 1:
    case 2:
      return check_ran(context_.poll());
    case 3:
    case 4:
      return wait();
    case 5:
      return run_some();
    case 6:
      return run_each_of_some();
    case 7:
      return cancel_one();
    case 8:
    case 9:
      return feed_or_drain();
    case 10:
      return begin_commit();
    case 11:
    case 12:
      return write_to_commit(depth);
    case 13:
      return seal_commit();
    case 14:
    case 15:
      return start_coroutine();
    case 16:
      return destroy_coroutine();
    default:
      return submit_one(depth);
  }
}

// What a continuation does besides being counted.
void Mixture::react(int depth) {
  if (closing_ || depth == 4) return;
  if (random_.one_in(4)) act(depth + 1);
}

void Mixture::wait() {
  if (sure_ == 0) {
    const Result<std::size_t> ran = context_.wait(random_.below(3), 0ms);
    return check(ran || ran.error().code() == EDEADLK, "a wait that must not sleep failed");
  }
  const std::size_t least = 1 + random_.below(std::min<std::size_t>(sure_, 5));
  Result<std::size_t> ran = 0;
  switch (random_.below(3)) {
    case 0:
      ran = context_.wait(least);
      break;
    case 1:
      return check_ran(context_.wait(least, 0ms));
    default:
      ::sigset_t none;
      ::sigemptyset(&none);
      // Which may return fewer.
      ran = context_.wait(least, Context::Clock::time_point::max(), none);
      return check(ran && *ran != 0, "a wait without end ran nothing");
  }
  check_ran(ran);
  check(!ran || *ran >= least, "a wait returned too early");
}

}  // namespace linux_aio::testing
