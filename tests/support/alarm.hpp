// Signals in the middle of a wait.
#pragma once

#include <sys/time.h>

#include <catch2/catch_all.hpp>
#include <csignal>

namespace linux_aio::testing {

/// Sends SIGALRM every 10 ms, and counts them. The handler restarts system calls (SA_RESTART),
/// which io_getevents does not heed.
class Alarm {
 public:
  Alarm() {
    sent = 0;
    struct ::sigaction action{};
    action.sa_handler = [](int) { sent = sent + 1; };
    action.sa_flags = SA_RESTART;
    REQUIRE(::sigaction(SIGALRM, &action, &before_) == 0);
    const ::itimerval timer{.it_interval = {.tv_sec = 0, .tv_usec = 10'000},
                            .it_value = {.tv_sec = 0, .tv_usec = 10'000}};
    REQUIRE(::setitimer(ITIMER_REAL, &timer, nullptr) == 0);
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() {
    const ::itimerval off{};
    ::setitimer(ITIMER_REAL, &off, nullptr);
    ::sigaction(SIGALRM, &before_, nullptr);
  }

  [[nodiscard]] static int count() { return sent; }

 private:
  static inline volatile std::sig_atomic_t sent = 0;
  struct ::sigaction before_{};
};

}  // namespace linux_aio::testing
