#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <limits>
#include <linux_aio/raw.hpp>

#include "tests/support/alarm.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Alarm;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;

constexpr raw::getevents_timespec no_time{};

// SAFETY: never read by this program; the kernel refuses it.
template <class T>
T* unmapped() {
  return reinterpret_cast<T*>(std::uintptr_t{8});
}

raw::iocb poll_of(const Pipe& pipe) {
  raw::iocb request{};
  raw::prep_poll(request, pipe.read_end(), POLLIN);
  return request;
}

}  // namespace

TEST_CASE("io_setup makes a context, and io_destroy ends it") {
  raw::aio_context_t context = 0;
  REQUIRE(raw::io_setup(1, &context) == 0);
  REQUIRE(context != 0);
  REQUIRE(raw::io_destroy(context) == 0);
  REQUIRE(raw::io_destroy(context) == -EINVAL);
}

TEST_CASE("io_setup refuses no events, too many, a used handle and no place for one") {
  raw::aio_context_t context = 0;
  REQUIRE(raw::io_setup(0, &context) == -EINVAL);
  REQUIRE(raw::io_setup(std::numeric_limits<unsigned>::max(), &context) == -EINVAL);
  REQUIRE(context == 0);
  context = 1;
  REQUIRE(raw::io_setup(1, &context) == -EINVAL);
  REQUIRE(context == 1);
  REQUIRE(raw::io_setup(1, nullptr) == -EFAULT);
}

TEST_CASE("io_setup over fs.aio-max-nr is EAGAIN") {
  unsigned most = 0;
  REQUIRE(std::ifstream("/proc/sys/fs/aio-max-nr") >> most);
  if (most >= 4'194'304) {
    linux_aio::testing::skip("fs.aio-max-nr is as high as the kernel's own limit");
    return;
  }
  raw::aio_context_t context = 0;
  REQUIRE(raw::io_setup(most + 1, &context) == -EAGAIN);
  REQUIRE(context == 0);
}

TEST_CASE("every call refuses a context that is none") {
  raw::iocb request{};
  std::array<raw::iocb*, 1> requests{&request};
  raw::io_event event{};
  for (const raw::aio_context_t none : {0UL, 4096UL}) {
    REQUIRE(raw::io_destroy(none) == -EINVAL);
    REQUIRE(raw::io_submit(none, 1, requests.data()) == -EINVAL);
    REQUIRE(raw::io_cancel(none, &request, &event) == -EINVAL);
    raw::getevents_timespec time = no_time;
    REQUIRE(raw::io_getevents(none, 0, 1, &event, &time) == -EINVAL);
  }
}

TEST_CASE("io_submit takes none, and refuses a negative count and unreadable requests") {
  const RawContext context;
  std::array<raw::iocb*, 1> requests{unmapped<raw::iocb>()};
  REQUIRE(raw::io_submit(context.handle(), 0, requests.data()) == 0);
  REQUIRE(raw::io_submit(context.handle(), -1, requests.data()) == -EINVAL);
  REQUIRE(raw::io_submit(context.handle(), 1, requests.data()) == -EFAULT);
  REQUIRE(raw::io_submit(context.handle(), 1, unmapped<raw::iocb*>()) == -EFAULT);
}

TEST_CASE("io_submit refuses a closed file with EBADF") {
  const RawContext context;
  raw::iocb request{};
  raw::prep_fsync(request, -1);
  REQUIRE(context.submit({&request}) == -EBADF);
}

TEST_CASE("io_getevents refuses counts that make no sense, and loses no event to bad memory") {
  const RawContext context;
  std::array<raw::io_event, 2> events{};
  raw::getevents_timespec time = no_time;
  REQUIRE(raw::io_getevents(context.handle(), 2, 1, events.data(), &time) == -EINVAL);
  REQUIRE(raw::io_getevents(context.handle(), -1, 1, events.data(), &time) == -EINVAL);
  REQUIRE(raw::io_getevents(context.handle(), 0, -1, events.data(), &time) == -EINVAL);
  REQUIRE(raw::io_getevents(context.handle(), 0, 1, events.data(),
                            unmapped<raw::getevents_timespec>()) == -EFAULT);

  const Pipe pipe;
  pipe.feed();
  raw::iocb request = poll_of(pipe);
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(raw::io_getevents(context.handle(), 1, 1, unmapped<raw::io_event>(), nullptr) == -EFAULT);
  REQUIRE(context.next_event().res == POLLIN);
}

TEST_CASE("io_getevents waits no longer than its timeout") {
  const RawContext context;
  raw::io_event event{};
  raw::getevents_timespec time{.tv_sec = 0, .tv_nsec = 1'000'000};
  REQUIRE(raw::io_getevents(context.handle(), 1, 1, &event, &time) == 0);
}

TEST_CASE("io_getevents is interrupted by a signal") {
  const RawContext context;
  const Alarm alarm;
  raw::io_event event{};
  raw::getevents_timespec time{.tv_sec = 30, .tv_nsec = 0};
  REQUIRE(raw::io_getevents(context.handle(), 1, 1, &event, &time) == -EINTR);
}

TEST_CASE("io_cancel of a poll is EINPROGRESS, and an event follows") {
  const RawContext context;
  const Pipe pipe;
  raw::iocb request = poll_of(pipe);
  request.aio_data = 77;
  REQUIRE(context.submit({&request}) == 1);
  raw::io_event untouched{.data = 1, .obj = 2, .res = 3, .res2 = 4};
  REQUIRE(raw::io_cancel(context.handle(), &request, &untouched) == -EINPROGRESS);
  REQUIRE(untouched.data == 1);
  REQUIRE(untouched.res == 3);
  const raw::io_event event = context.next_event();
  REQUIRE(event.data == 77);
  REQUIRE(event.res == 0);
  REQUIRE(raw::io_cancel(context.handle(), &request, &untouched) == -EINVAL);
}

TEST_CASE("io_cancel refuses what was never submitted, and what it cannot read") {
  const RawContext context;
  raw::iocb request{};
  raw::io_event event{};
  REQUIRE(raw::io_cancel(context.handle(), &request, &event) == -EINVAL);
  REQUIRE(raw::io_cancel(context.handle(), unmapped<raw::iocb>(), &event) == -EFAULT);
}

TEST_CASE("io_pgetevents waits under the signal mask it is given") {
  const RawContext context;
  raw::io_event event{};
  const Alarm alarm;
  raw::pgetevents_timespec time{.tv_sec = 0, .tv_nsec = 50'000'000};

  // The kernel's set of signals is a bit each, beginning with signal 1.
  const std::uint64_t only_alarm = 1ULL << (SIGALRM - 1);
  raw::aio_sigset mask{};
  mask.sigmask = reinterpret_cast<decltype(mask.sigmask)>(&only_alarm);
  mask.sigsetsize = raw::kernel_sigset_size;
  REQUIRE(raw::io_pgetevents(context.handle(), 1, 1, &event, &time, &mask) == 0);

  time = {.tv_sec = 30, .tv_nsec = 0};
  REQUIRE(raw::io_pgetevents(context.handle(), 1, 1, &event, &time, nullptr) == -EINTR);

  mask.sigsetsize = raw::kernel_sigset_size + 1;
  REQUIRE(raw::io_pgetevents(context.handle(), 0, 1, &event, &time, &mask) == -EINVAL);
}

TEST_CASE("a call that this ABI does not have is ENOSYS") {
  if (raw::nr_io_pgetevents_time64 != raw::nr_absent) {
    linux_aio::testing::skip("this ABI has io_pgetevents_time64");
    return;
  }
  const RawContext context;
  raw::io_event event{};
  REQUIRE(raw::io_pgetevents_time64(context.handle(), 0, 1, &event, nullptr, nullptr) == -ENOSYS);
}

TEST_CASE("no call changes errno, whether it succeeds or fails") {
  constexpr int before = 4242;
  raw::aio_context_t context = 0;
  raw::iocb request{};
  std::array<raw::iocb*, 1> requests{&request};
  raw::io_event event{};
  raw::getevents_timespec time = no_time;
  raw::kernel_timespec time64{};
  errno = before;
  const std::array<long, 8> results{
      raw::io_setup(0, &context),
      raw::io_setup(1, &context),
      raw::io_submit(context, -1, requests.data()),
      raw::io_cancel(context, &request, &event),
      raw::io_getevents(context, 2, 1, &event, &time),
      raw::io_pgetevents(context, 2, 1, &event, nullptr, nullptr),
      raw::io_pgetevents_time64(0, 2, 1, &event, &time64, nullptr),
      raw::io_destroy(context),
  };
  const int after = errno;
  REQUIRE(after == before);
  REQUIRE(results[0] == -EINVAL);
  REQUIRE(results[1] == 0);
  REQUIRE(results[7] == 0);
}
