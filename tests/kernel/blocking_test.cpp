// What io_submit does itself, while its caller waits.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/raw.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/alarm.hpp"
#include "tests/support/asleep.hpp"
#include "tests/support/descriptor.hpp"
#include "tests/support/direct.hpp"
#include "tests/support/nowait.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Alarm;
using linux_aio::testing::await_sleep_of;
using linux_aio::testing::Descriptor;
using linux_aio::testing::open_direct;
using linux_aio::testing::Page;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::pipes_know_nowait;
using linux_aio::testing::RawContext;
using linux_aio::testing::skip;
using linux_aio::testing::TemporaryFile;

}  // namespace

TEST_CASE("a read of an empty pipe blocks io_submit until there is something to read") {
  const RawContext context;
  const Pipe pipe;
  std::byte memory{};
  raw::iocb request{};
  raw::prep_pread(request, pipe.read_end(), &memory, 1, 0);
  std::atomic<long> id = 0;
  std::atomic<long> submitted = 0;
  std::thread submitter([&] {
    id = ::syscall(SYS_gettid);
    submitted = context.submit({&request});
  });
  while (id == 0) std::this_thread::yield();
  await_sleep_of(id);
  const long before = submitted;
  const bool fed = ::write(pipe.write_end(), "x", 1) == 1;
  submitter.join();
  REQUIRE(before == 0);
  REQUIRE(fed);
  REQUIRE(submitted == 1);
  REQUIRE(context.next_event().res == 1);
}

TEST_CASE("a signal ends a submission that blocks: it is accepted, with the result EINTR") {
  const RawContext context;
  const Pipe pipe;
  std::array<int, 2> sockets{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) == 0);
  const Descriptor reader(sockets[0]);
  const Descriptor writer(sockets[1]);
  const Alarm alarm;
  std::byte memory{};
  raw::iocb request{};
  for (const int fd : {pipe.read_end(), reader.fd()}) {
    raw::prep_pread(request, fd, &memory, 1, 0);
    REQUIRE(context.result_of(request) == -EINTR);
  }
}

TEST_CASE("a write to a full pipe blocks io_submit too, and a signal leaves it short") {
  const RawContext context;
  const Pipe pipe;
  const std::size_t size = pipe.capacity();
  const auto content = pattern(2 * size);
  const Alarm alarm;
  raw::iocb request{};
  raw::prep_pwrite(request, pipe.write_end(), content.data(), content.size(), 0);
  REQUIRE(context.result_of(request) == static_cast<std::int64_t>(size));
  REQUIRE(context.result_of(request) == -EINTR);
}

TEST_CASE("RWF_NOWAIT and O_NONBLOCK write what a pipe has room for: short, and then EAGAIN") {
  const RawContext context;
  for (const int flags : {0, O_NONBLOCK}) {
    if (flags == 0 && !pipes_know_nowait()) continue;
    const Pipe pipe(flags);
    const std::size_t size = pipe.capacity();
    const auto content = pattern(2 * size);
    raw::iocb request{};
    raw::prep_pwrite(request, pipe.write_end(), content.data(), content.size(), 0);
    if (flags == 0) raw::set_rw_flags(request, raw::rwf_nowait);
    REQUIRE(context.result_of(request) == static_cast<std::int64_t>(size));
    REQUIRE(context.result_of(request) == -EAGAIN);
  }
}

TEST_CASE("a buffered read or write is complete when io_submit returns") {
  const RawContext context;
  const TemporaryFile file(pattern(1000));
  std::array<std::byte, 100> memory{};
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 0);
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(!context.has_no_event());
  raw::prep_pwrite(request, file.fd(), memory.data(), memory.size(), 2000);
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(!context.has_no_event());
}

TEST_CASE("a write with O_DIRECT that extends its file is complete when io_submit returns") {
  const RawContext context;
  const TemporaryFile file;
  const auto direct = open_direct(file);
  if (!direct) return;
  const auto page = std::make_unique<Page>();
  raw::iocb request{};
  raw::prep_pwrite(request, direct->fd(), page->bytes.data(), sizeof(Page), 0);
  REQUIRE(context.submit({&request}) == 1);
  raw::io_event event{};
  raw::getevents_timespec none{};
  if (raw::io_getevents(context.handle(), 0, 1, &event, &none) == 0) {
    skip("this file system extends files asynchronously");
    event = context.next_event();
  }
  REQUIRE(event.res == sizeof(Page));
  REQUIRE(file.content().size() == sizeof(Page));
}

TEST_CASE("an fdsync may be complete before a write that was submitted before it") {
  const RawContext context;
  std::vector<Page> pages(256);
  const TemporaryFile file(pattern(pages.size() * sizeof(Page)));
  REQUIRE(::fsync(file.fd()) == 0);
  const auto direct = open_direct(file);
  if (!direct) return;
  raw::iocb write{};
  raw::prep_pwrite(write, direct->fd(), pages.data(), pages.size() * sizeof(Page), 0);
  raw::iocb sync{};
  raw::prep_fdsync(sync, direct->fd());
  for (int attempt = 0; attempt < 200; ++attempt) {
    REQUIRE(context.submit({&write, &sync}) == 2);
    const raw::io_event first = context.next_event();
    const raw::io_event second = context.next_event();
    REQUIRE(first.res + second.res == static_cast<std::int64_t>(pages.size() * sizeof(Page)));
    if (first.obj == raw::address_of(&sync)) return;
  }
  skip("it was not in 200 attempts, which proves nothing");
}
