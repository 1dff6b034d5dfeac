// io_destroy: what becomes of requests, of those who wait, and of the handle.
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <linux_aio/raw.hpp>
#include <thread>
#include <vector>

#include "tests/support/asleep.hpp"
#include "tests/support/complete_read.hpp"
#include "tests/support/direct.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::await_sleep_of;
using linux_aio::testing::CompleteRead;
using linux_aio::testing::Descriptor;
using linux_aio::testing::open_direct;
using linux_aio::testing::Page;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;
using linux_aio::testing::skip;
using linux_aio::testing::TemporaryFile;

raw::aio_context_t set_up(unsigned nr_events = 8) {
  raw::aio_context_t context = 0;
  REQUIRE(raw::io_setup(nr_events, &context) == 0);
  return context;
}

long submit(raw::aio_context_t context, raw::iocb& request) {
  std::array<raw::iocb*, 1> requests{&request};
  return raw::io_submit(context, 1, requests.data());
}

}  // namespace

TEST_CASE("io_destroy does not wait for a poll that nothing completes: it cancels it") {
  const Pipe pipe;
  raw::iocb request{};
  raw::prep_poll(request, pipe.read_end(), raw::pollin);
  const raw::aio_context_t context = set_up();
  REQUIRE(submit(context, request) == 1);
  REQUIRE(raw::io_destroy(context) == 0);
}

TEST_CASE("a poll that io_destroy cancels still counts in its eventfd") {
  const Pipe pipe;
  const Descriptor notification(::eventfd(0, EFD_CLOEXEC));
  raw::iocb request{};
  raw::prep_poll(request, pipe.read_end(), raw::pollin);
  raw::set_eventfd(request, notification.fd());
  const raw::aio_context_t context = set_up();
  REQUIRE(submit(context, request) == 1);
  REQUIRE(raw::io_destroy(context) == 0);
  std::uint64_t counted = 0;
  REQUIRE(::read(notification.fd(), &counted, sizeof counted) == sizeof counted);
  REQUIRE(counted == 1);
}

TEST_CASE("the events that were not reaped before io_destroy are lost") {
  CompleteRead read;
  const raw::aio_context_t context = set_up();
  REQUIRE(submit(context, read.request) == 1);
  REQUIRE(raw::io_destroy(context) == 0);
  raw::io_event event{};
  raw::getevents_timespec none{};
  REQUIRE(raw::io_getevents(context, 0, 1, &event, &none) == -EINVAL);
}

TEST_CASE("io_destroy waits for reads: when it has returned, their memory is written") {
  constexpr std::size_t pages = 128;
  const auto content = pattern(pages * sizeof(Page));
  const TemporaryFile file(content);
  REQUIRE(::fsync(file.fd()) == 0);
  const auto direct = open_direct(file);
  if (!direct) return;
  std::vector<Page> memory(pages);
  std::vector<raw::iocb> requests(pages);
  std::vector<raw::iocb*> pointers;
  for (std::size_t page = 0; page < pages; ++page) {
    raw::prep_pread(requests[page], direct->fd(), memory[page].bytes.data(), sizeof(Page),
                    static_cast<std::int64_t>(page * sizeof(Page)));
    pointers.push_back(&requests[page]);
  }
  const raw::aio_context_t context = set_up(pages);
  REQUIRE(raw::io_submit(context, pages, pointers.data()) == pages);
  REQUIRE(raw::io_destroy(context) == 0);
  REQUIRE(std::memcmp(memory.data(), content.data(), content.size()) == 0);
}

TEST_CASE("a thread that waits for events while its context is destroyed gets EINVAL") {
  const raw::aio_context_t context = set_up();
  std::atomic<long> id = 0;
  long result = 0;
  std::thread waiter([&] {
    raw::io_event event{};
    raw::getevents_timespec time{.tv_sec = 60, .tv_nsec = 0};
    id = ::syscall(SYS_gettid);
    result = raw::io_getevents(context, 1, 1, &event, &time);
  });
  while (id == 0) std::this_thread::yield();
  await_sleep_of(id);
  const long destroyed = raw::io_destroy(context);
  waiter.join();
  REQUIRE(destroyed == 0);
  REQUIRE(result == -EINVAL);
}

TEST_CASE("io_setup may return the handle of a context that is gone, and a stale one then works") {
  CompleteRead read;
  raw::aio_context_t stale = set_up();
  for (int attempt = 0; attempt < 20; ++attempt) {
    REQUIRE(raw::io_destroy(stale) == 0);
    REQUIRE(submit(stale, read.request) == -EINVAL);
    const RawContext context;
    if (context.handle() == stale) {
      REQUIRE(submit(stale, read.request) == 1);
      REQUIRE(context.next_event().res == 1);
      return;
    }
    stale = set_up();
  }
  REQUIRE(raw::io_destroy(stale) == 0);
  skip("no handle came again in 20 attempts");
}
