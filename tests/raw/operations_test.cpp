#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <linux_aio/raw.hpp>

#include "tests/support/raw_context.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;
using linux_aio::testing::TemporaryFile;
using Bytes = std::vector<std::byte>;

::iovec segment(Bytes& bytes, std::size_t position, std::size_t length) {
  return {.iov_base = bytes.data() + position, .iov_len = length};
}

}  // namespace

TEST_CASE("pread reads at its offset") {
  const RawContext context;
  const Bytes content = pattern(10'000);
  const TemporaryFile file(content);
  Bytes memory(4096);
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 100);
  REQUIRE(context.result_of(request) == 4096);
  REQUIRE(memory == Bytes(content.begin() + 100, content.begin() + 4196));
}

TEST_CASE("pwrite writes at its offset") {
  const RawContext context;
  const TemporaryFile file;
  const Bytes memory = pattern(5000);
  raw::iocb request{};
  raw::prep_pwrite(request, file.fd(), memory.data(), memory.size(), 50);
  REQUIRE(context.result_of(request) == 5000);
  const Bytes content = file.content();
  REQUIRE(content.size() == 5050);
  REQUIRE(Bytes(content.begin() + 50, content.end()) == memory);
}

TEST_CASE("preadv and pwritev go through their segments in order") {
  const RawContext context;
  const TemporaryFile file;
  Bytes written = pattern(3000);
  std::array<::iovec, 2> out{segment(written, 1000, 2000), segment(written, 0, 1000)};
  raw::iocb request{};
  raw::prep_pwritev(request, file.fd(), out.data(), out.size(), 0);
  REQUIRE(context.result_of(request) == 3000);

  Bytes read(3000);
  std::array<::iovec, 2> in{segment(read, 1000, 2000), segment(read, 0, 1000)};
  raw::prep_preadv(request, file.fd(), in.data(), in.size(), 0);
  REQUIRE(context.result_of(request) == 3000);
  REQUIRE(read == written);
}

TEST_CASE("fsync and fdsync of a file succeed") {
  const RawContext context;
  const TemporaryFile file(pattern(100));
  raw::iocb request{};
  raw::prep_fsync(request, file.fd());
  REQUIRE(context.result_of(request) == 0);
  raw::prep_fdsync(request, file.fd());
  REQUIRE(context.result_of(request) == 0);
}

TEST_CASE("poll completes when its file is ready, with the ready mask") {
  const RawContext context;
  const Pipe pipe;
  raw::iocb request{};
  raw::prep_poll(request, pipe.read_end(), POLLIN);
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(context.has_no_event());
  pipe.feed();
  // A poll that had to wait reports all that woke it, here POLLRDNORM too.
  REQUIRE((context.next_event().res & POLLIN) == POLLIN);
  REQUIRE(context.has_no_event());
}

TEST_CASE("the kernel refuses noop, which is why it has no helper") {
  const RawContext context;
  raw::iocb request{};
  request.aio_lio_opcode = raw::iocb_cmd_noop;
  const TemporaryFile file;
  request.aio_fildes = static_cast<std::uint32_t>(file.fd());
  REQUIRE(context.submit({&request}) == -EINVAL);
}

TEST_CASE("an event names its request by address and by data") {
  const RawContext context;
  const TemporaryFile file(pattern(10));
  std::array<char, 10> memory{};
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 0);
  request.aio_data = 0xfedc'ba98'7654'3210;
  REQUIRE(context.submit({&request}) == 1);
  const raw::io_event event = context.next_event();
  REQUIRE(event.data == 0xfedc'ba98'7654'3210);
  REQUIRE(event.obj == raw::address_of(&request));
  REQUIRE(event.res == 10);
  REQUIRE(event.res2 == 0);
}

TEST_CASE("an eventfd counts completions, and a closed one is refused") {
  const RawContext context;
  const int notification = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  REQUIRE(notification >= 0);
  const TemporaryFile file(pattern(10));
  std::array<char, 10> memory{};
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 0);
  raw::set_eventfd(request, notification);
  for (int count = 0; count < 3; ++count) REQUIRE(context.result_of(request) == 10);
  std::uint64_t counted = 0;
  REQUIRE(::read(notification, &counted, sizeof counted) == sizeof counted);
  REQUIRE(counted == 3);
  ::close(notification);
  REQUIRE(context.submit({&request}) == -EBADF);
  raw::set_eventfd(request, file.fd());
  REQUIRE(context.submit({&request}) == -EINVAL);
}

TEST_CASE("a read and a write take an I/O priority; one that does not exist is refused") {
  const RawContext context;
  const TemporaryFile file(pattern(10));
  std::array<char, 10> memory{};
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 0);
  raw::set_ioprio(request, raw::ioprio_prio_value(2, 7));
  REQUIRE(context.result_of(request) == 10);
  raw::set_ioprio(request, raw::ioprio_prio_value(7, 0));
  REQUIRE(context.submit({&request}) == -EINVAL);
  raw::prep_pwrite(request, file.fd(), memory.data(), memory.size(), 0);
  raw::set_ioprio(request, raw::ioprio_prio_value(3, 0));
  REQUIRE(context.result_of(request) == 10);
}

TEST_CASE("flags of a write act: append ignores the offset, an unknown flag is refused") {
  const RawContext context;
  const TemporaryFile file(pattern(10));
  const Bytes tail = pattern(10, 1);
  raw::iocb request{};
  raw::prep_pwrite(request, file.fd(), tail.data(), tail.size(), 0);
  raw::set_rw_flags(request, raw::rwf_append | raw::rwf_dsync);
  REQUIRE(context.result_of(request) == 10);
  const Bytes content = file.content();
  REQUIRE(content.size() == 20);
  REQUIRE(Bytes(content.begin() + 10, content.end()) == tail);
  raw::set_rw_flags(request, 1 << 30);
  REQUIRE(context.submit({&request}) == -EOPNOTSUPP);
}
