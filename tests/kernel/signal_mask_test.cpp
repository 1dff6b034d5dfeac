// io_pgetevents: the signal mask that is in force while it waits. More is in tests/raw.
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <linux_aio/raw.hpp>

#include "tests/support/complete_read.hpp"
#include "tests/support/raw_context.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::CompleteRead;
using linux_aio::testing::RawContext;

// The kernel's sets of signals: a bit each, beginning with signal 1, in up to 16 bytes.
using SignalBits = std::array<std::uint64_t, 2>;
constexpr SignalBits no_signal{};
constexpr SignalBits only_usr1{1ULL << (SIGUSR1 - 1)};

raw::aio_sigset blocking(const SignalBits& signals) {
  return {.sigmask = static_cast<raw::kernel_ulong_t>(raw::address_of(signals.data())),
          .sigsetsize = raw::kernel_sigset_size};
}

// SIGUSR1, which is blocked, pending, and counted once it is delivered.
class PendingSignal {
 public:
  PendingSignal() {
    delivered = 0;
    struct ::sigaction action{};
    action.sa_handler = [](int) { delivered = delivered + 1; };
    REQUIRE(::sigaction(SIGUSR1, &action, &before_) == 0);
    ::sigset_t signals{};
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGUSR1);
    REQUIRE(::pthread_sigmask(SIG_BLOCK, &signals, &mask_before_) == 0);
    REQUIRE(::raise(SIGUSR1) == 0);
  }
  PendingSignal(const PendingSignal&) = delete;
  PendingSignal& operator=(const PendingSignal&) = delete;
  ~PendingSignal() {
    ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
    ::sigaction(SIGUSR1, &before_, nullptr);
  }

  [[nodiscard]] static int count() {
    ::usleep(0);  // ThreadSanitizer keeps a signal back until the next such call
    return delivered;
  }
  [[nodiscard]] static bool is_blocked() {
    ::sigset_t now{};
    REQUIRE(::pthread_sigmask(SIG_BLOCK, nullptr, &now) == 0);
    return ::sigismember(&now, SIGUSR1) == 1;
  }

 private:
  static inline volatile std::sig_atomic_t delivered = 0;
  struct ::sigaction before_{};
  ::sigset_t mask_before_{};
};

long wait(const RawContext& context, long seconds, const raw::aio_sigset* mask) {
  raw::io_event event{};
  raw::pgetevents_timespec time{.tv_sec = seconds, .tv_nsec = 0};
  return raw::io_pgetevents(context.handle(), 1, 1, &event, &time, mask);
}

long wait(const RawContext& context, long seconds, const raw::aio_sigset& mask) {
  return wait(context, seconds, &mask);
}

}  // namespace

TEST_CASE("a pending signal that the mask lets through ends the wait with EINTR, once handled") {
  const RawContext context;
  const PendingSignal pending;
  REQUIRE(wait(context, 30, blocking(no_signal)) == -EINTR);
  REQUIRE(pending.count() == 1);
  REQUIRE(pending.is_blocked());
}

TEST_CASE("events go before signals: they are returned, and the signal is handled all the same") {
  const RawContext context;
  CompleteRead read;
  const PendingSignal pending;
  REQUIRE(context.submit({&read.request}) == 1);
  REQUIRE(wait(context, 30, blocking(no_signal)) == 1);
  REQUIRE(pending.count() == 1);
  REQUIRE(pending.is_blocked());
}

TEST_CASE("a signal that the mask blocks, or none changes, stays pending") {
  const RawContext context;
  const PendingSignal pending;
  REQUIRE(wait(context, 0, blocking(only_usr1)) == 0);
  REQUIRE(pending.count() == 0);
  REQUIRE(wait(context, 0, nullptr) == 0);
  REQUIRE(pending.count() == 0);
  const raw::aio_sigset no_mask{};
  REQUIRE(wait(context, 0, no_mask) == 0);
  REQUIRE(pending.count() == 0);
}

TEST_CASE("a mask of any size but the kernel's is EINVAL, and one that cannot be read EFAULT") {
  const RawContext context;
  raw::aio_sigset mask = blocking(no_signal);
  for (const raw::kernel_ulong_t size : {0U, 4U, 128U}) {
    mask.sigsetsize = size;
    REQUIRE(wait(context, 0, mask) == -EINVAL);
  }
  mask.sigsetsize = raw::kernel_sigset_size;
  mask.sigmask = 8;
  REQUIRE(wait(context, 0, mask) == -EFAULT);
}

TEST_CASE("a negative timeout of io_pgetevents waits for ever, as for io_getevents") {
  const RawContext context;
  const PendingSignal pending;
  REQUIRE(wait(context, -1, blocking(no_signal)) == -EINTR);
}
