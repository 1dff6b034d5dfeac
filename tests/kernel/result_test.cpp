// The second error channel: what a request that was accepted reports as its result.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <linux_aio/raw.hpp>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/descriptor.hpp"
#include "tests/support/direct.hpp"
#include "tests/support/nowait.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Descriptor;
using linux_aio::testing::Ending;
using linux_aio::testing::in_child;
using linux_aio::testing::open_direct;
using linux_aio::testing::Page;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::pipes_know_nowait;
using linux_aio::testing::RawContext;
using linux_aio::testing::skip;
using linux_aio::testing::TemporaryFile;

constexpr int skipped = 77;  // of a child that cannot do what it is for

}  // namespace

TEST_CASE("memory that is not mapped, or not writable, is the result EFAULT") {
  const RawContext context;
  const TemporaryFile file(pattern(100));
  for (const int protection : {PROT_NONE, PROT_READ}) {
    void* const page = ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(page != MAP_FAILED);
    raw::iocb request{};
    raw::prep_pread(request, file.fd(), page, 100, 0);
    REQUIRE(context.submit({&request}) == 1);
    const raw::io_event event = context.next_event();
    REQUIRE(event.res == -EFAULT);
    REQUIRE(event.res2 == 0);
    ::munmap(page, 4096);
  }
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), nullptr, 100, 0);
  REQUIRE(context.result_of(request) == -EFAULT);
}

TEST_CASE("a read at the end of a file or of a pipe is the result 0") {
  const RawContext context;
  const TemporaryFile file(pattern(100));
  std::array<std::byte, 16> memory{};
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 100);
  REQUIRE(context.result_of(request) == 0);
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 90);
  REQUIRE(context.result_of(request) == 10);
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const Descriptor reader(ends[0]);
  Descriptor(ends[1]).close();
  raw::prep_pread(request, reader.fd(), memory.data(), memory.size(), 0);
  REQUIRE(context.result_of(request) == 0);
}

TEST_CASE("misaligned O_DIRECT is the result EINVAL: offset, length or address") {
  const RawContext context;
  const TemporaryFile file(pattern(2 * sizeof(Page)));
  const auto direct = open_direct(file);
  if (!direct) return;
  std::vector<Page> pages(2);
  auto* const bytes = pages[0].bytes.data();
  raw::iocb request{};
  raw::prep_pread(request, direct->fd(), bytes, sizeof(Page), sizeof(Page));
  REQUIRE(context.result_of(request) == sizeof(Page));
  raw::prep_pread(request, direct->fd(), bytes, sizeof(Page), 1);
  REQUIRE(context.result_of(request) == -EINVAL);
  raw::prep_pread(request, direct->fd(), bytes, 100, 0);
  REQUIRE(context.result_of(request) == -EINVAL);
  raw::prep_pread(request, direct->fd(), bytes + 1, sizeof(Page), 0);
  REQUIRE(context.result_of(request) == -EINVAL);
}

TEST_CASE("a read that would block is the result EAGAIN, with RWF_NOWAIT or O_NONBLOCK") {
  const RawContext context;
  std::array<std::byte, 16> memory{};
  raw::iocb request{};
  const Pipe blocking;
  raw::prep_pread(request, blocking.read_end(), memory.data(), memory.size(), 0);
  raw::set_rw_flags(request, raw::rwf_nowait);
  if (pipes_know_nowait()) REQUIRE(context.result_of(request) == -EAGAIN);
  const Pipe other(O_NONBLOCK);
  raw::prep_pread(request, other.read_end(), memory.data(), memory.size(), 0);
  REQUIRE(context.result_of(request) == -EAGAIN);
}

TEST_CASE("an offset in a socket is the result ESPIPE") {
  const RawContext context;
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  std::array<std::byte, 16> memory{};
  raw::iocb request{};
  raw::prep_pwrite(request, ends[0], memory.data(), memory.size(), 0);
  REQUIRE(context.result_of(request) == 16);
  raw::prep_pread(request, ends[1], memory.data(), memory.size(), 1);
  REQUIRE(context.result_of(request) == -ESPIPE);
  for (const int end : ends) ::close(end);
}

TEST_CASE("a write to a pipe that nobody reads raises SIGPIPE, unless RWF_NOSIGNAL is set") {
  const auto write_with = [](raw::kernel_rwf_t flags) {
    return in_child([flags] {
      std::signal(SIGPIPE, SIG_DFL);
      std::array<int, 2> ends{};
      raw::aio_context_t context = 0;
      if (::pipe(ends.data()) != 0 || ::close(ends[0]) != 0) return 1;
      if (raw::io_setup(1, &context) != 0) return 2;
      raw::iocb request{};
      raw::prep_pwrite(request, ends[1], "x", 1, 0);
      raw::set_rw_flags(request, flags);
      std::array<raw::iocb*, 1> requests{&request};
      const long submitted = raw::io_submit(context, 1, requests.data());
      if (submitted == -EOPNOTSUPP) return skipped;
      raw::io_event event{};
      if (submitted != 1 || raw::io_getevents(context, 1, 1, &event, nullptr) != 1) return 3;
      return event.res == -EPIPE ? 0 : 4;
    });
  };
  REQUIRE(write_with(0).signal == SIGPIPE);
  const Ending ending = write_with(raw::rwf_nosignal);
  if (ending.status == skipped) return skip("no RWF_NOSIGNAL, which is in Linux since 6.18");
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
}

TEST_CASE("a write to a pipe that nobody reads is the result EPIPE") {
  std::signal(SIGPIPE, SIG_IGN);
  const RawContext context;
  Pipe pipe;
  pipe.close_read_end();
  std::array<std::byte, 16> memory{};
  raw::iocb request{};
  raw::prep_pwrite(request, pipe.write_end(), memory.data(), memory.size(), 0);
  REQUIRE(context.result_of(request) == -EPIPE);
}

TEST_CASE("one request transfers no more than 2 GiB less a page") {
  if constexpr (sizeof(std::size_t) < 8) {
    skip("a 32-bit process has no room for more");
    return;
  }
  const RawContext context;
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  constexpr std::size_t three_gigabytes = std::size_t{3} << 30U;
  void* const memory = ::mmap(nullptr, three_gigabytes, PROT_READ,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  raw::iocb request{};
  raw::prep_pwrite(request, null, memory, three_gigabytes, 0);
  REQUIRE(context.result_of(request) == (std::int64_t{1} << 31U) - ::sysconf(_SC_PAGESIZE));
  ::munmap(memory, three_gigabytes);
  ::close(null);
}
