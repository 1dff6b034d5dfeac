// What probe_file() says of a file is what requests to it do.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw.hpp>
#include <string>

#include "tests/support/child.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/seccomp.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;
using aio::Asynchrony;
using aio::FileCapabilities;
using aio::FileKind;
using aio::Finding;

aio::File opened(const char* path, int flags) {
  const int fd = ::open(path, flags | O_CLOEXEC | O_NOCTTY);
  REQUIRE(fd >= 0);
  return aio::File(fd);
}

FileCapabilities probe(int fd) { return must(aio::probe_file(aio::BorrowedFd(fd))); }

bool contains(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a buffered file is synchronous both ways") {
  const TemporaryFile file(pattern(100));
  const FileCapabilities found = probe(file.fd());
  REQUIRE(found.kind == FileKind::regular);
  REQUIRE(found.readable);
  REQUIRE(found.writable);
  REQUIRE(!found.direct);
  REQUIRE(!found.append);
  REQUIRE(found.reads == Asynchrony::synchronous);
  REQUIRE(found.writes == Asynchrony::synchronous);
  REQUIRE(found.read.works());
  REQUIRE(found.write.works());
  REQUIRE(contains(aio::describe(found), "a regular file, open for reading and writing\n"));
  REQUIRE(contains(aio::describe(found), "page cache"));
}

TEST_CASE("a file of more than 4 GiB is as any other") {
  constexpr ::off64_t most = (::off64_t{5} << 30U) + 10;
  const TemporaryFile file;
  REQUIRE(::ftruncate64(file.fd(), most) == 0);
  const aio::File large = must(aio::File::open(file.path().c_str(), aio::Access::read_only));
  REQUIRE(must(aio::probe_file(large)).kind == FileKind::regular);
  aio::Context context = make_context();
  auto [end] = context.run(aio::read(large).into(Bytes(100)).at(std::uint64_t{5} << 30U));
  REQUIRE(must(end.result) == 10);
}

TEST_CASE("O_DIRECT where the kernel tells its alignment is asynchronous") {
  const TemporaryFile file(pattern(8192));
  const int fd = ::open(file.path().c_str(), O_RDWR | O_DIRECT | O_CLOEXEC);
  if (fd < 0) {
    skip("the file system of " + temporary_folder() + " has no O_DIRECT");
    return;
  }
  const aio::File direct(fd);
  const FileCapabilities found = probe(fd);
  REQUIRE(found.direct);
  const auto alignment = direct.direct_io();
  REQUIRE(found.direct_io.has_value() == alignment.has_value());
  if (!alignment || !alignment->reported) {
    REQUIRE(found.reads == Asynchrony::unknown);
    skip("the file system of " + temporary_folder() + " does not say what O_DIRECT needs");
    return;
  }
  const aio::DirectIo needed = found.direct_io.value_or(aio::DirectIo{});
  REQUIRE(needed.memory_alignment == alignment->memory_alignment);
  REQUIRE(needed.offset_alignment == alignment->offset_alignment);
  REQUIRE(found.reads == Asynchrony::asynchronous);
  REQUIRE(found.writes == Asynchrony::except_allocating);
  REQUIRE(contains(aio::describe(found),
                   "at multiples of " + std::to_string(alignment->memory_alignment)));
}

TEST_CASE("what a file is not open for is impossible, and none of its flags is tried") {
  const TemporaryFile file(pattern(100));
  const aio::File to_read = opened(file.path().c_str(), O_RDONLY);
  const FileCapabilities found = probe(to_read.number());
  REQUIRE(found.readable);
  REQUIRE(!found.writable);
  REQUIRE(found.writes == Asynchrony::impossible);
  REQUIRE(found.write.finding == Finding::untried);
  for (const auto& [flag, trial] : found.flags.write) REQUIRE(trial.finding == Finding::untried);
  const aio::File path_only = opened(file.path().c_str(), O_PATH);
  const FileCapabilities nothing = probe(path_only.number());
  REQUIRE(!nothing.readable);
  REQUIRE(nothing.reads == Asynchrony::impossible);
  REQUIRE(nothing.writes == Asynchrony::impossible);
}

TEST_CASE("what has no read for io_submit is impossible, whatever it is open for") {
  for (const char* path : {"/", "/proc/self/maps"}) {
    const aio::File file = opened(path, O_RDONLY);
    const FileCapabilities found = probe(file.number());
    REQUIRE(found.readable);
    REQUIRE(found.read.finding == Finding::missing);
    REQUIRE(found.reads == Asynchrony::impossible);
    aio::Context context = make_context();
    auto [read] = context.run(aio::read(file).into(Bytes(1)));
    REQUIRE(code_of(read.result) == EINVAL);
  }
}

TEST_CASE("pipes, sockets, eventfds and devices may block, unless they are O_NONBLOCK") {
  const Pipe pipe;
  const Pipe non_blocking(O_NONBLOCK);
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  const aio::File socket(ends[0]);
  const aio::File other_end(ends[1]);
  const aio::File event(::eventfd(0, EFD_CLOEXEC));
  const aio::File null = opened("/dev/null", O_RDWR);
  REQUIRE(probe(pipe.read_end()).kind == FileKind::fifo);
  REQUIRE(probe(pipe.read_end()).reads == Asynchrony::may_block);
  REQUIRE(probe(pipe.read_end()).writes == Asynchrony::impossible);
  REQUIRE(probe(pipe.write_end()).writes == Asynchrony::may_block);
  REQUIRE(probe(non_blocking.read_end()).non_blocking);
  REQUIRE(probe(non_blocking.read_end()).reads == Asynchrony::never_waits);
  REQUIRE(probe(socket.number()).kind == FileKind::socket);
  REQUIRE(probe(socket.number()).reads == Asynchrony::may_block);
  REQUIRE(probe(event.number()).kind == FileKind::anonymous_inode);
  REQUIRE(probe(event.number()).reads == Asynchrony::may_block);
  REQUIRE(probe(null.number()).kind == FileKind::character_device);
  REQUIRE(
      contains(aio::describe(probe(socket.number())), "a socket, open for reading and writing"));
}

TEST_CASE("nothing is read from a file that is probed, and nothing written to it") {
  const TemporaryFile file(pattern(100));
  struct ::stat before{};
  REQUIRE(::fstat(file.fd(), &before) == 0);
  static_cast<void>(probe(file.fd()));
  struct ::stat after{};
  REQUIRE(::fstat(file.fd(), &after) == 0);
  REQUIRE(file.content() == pattern(100));
  REQUIRE(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
  REQUIRE(before.st_atim.tv_nsec == after.st_atim.tv_nsec);

  const Pipe pipe(O_NONBLOCK);
  static_cast<void>(probe(pipe.write_end()));
  std::array<std::byte, 10> bytes{};
  REQUIRE(::read(pipe.read_end(), bytes.data(), bytes.size()) == -1);
  pipe.feed();
  static_cast<void>(probe(pipe.read_end()));
  REQUIRE(::read(pipe.read_end(), bytes.data(), bytes.size()) == 1);
}

TEST_CASE("a flag that is accepted is one that io_submit accepts") {
  const TemporaryFile file(pattern(100));
  const FileCapabilities found = probe(file.fd());
  aio::Context context = make_context();
  for (const auto& [flag, trial] : found.flags.write) {
    auto [written] = context.run(aio::write(borrowed(file)).from(Bytes(1)).flags(flag));
    const bool refused =
        !written.result && written.result.error() == aio::Error(aio::Call::io_submit, EOPNOTSUPP);
    REQUIRE(trial.works() == !refused);
    if (refused) REQUIRE(trial.code == EOPNOTSUPP);
  }
  for (const auto& [flag, trial] : found.flags.read) {
    auto [read] = context.run(aio::read(borrowed(file)).into(Bytes(1)).flags(flag));
    const bool refused =
        !read.result && read.result.error() == aio::Error(aio::Call::io_submit, EOPNOTSUPP);
    REQUIRE(trial.works() == !refused);
  }
}

TEST_CASE("a flag that the kernel knows and the file does not support is not called unknown") {
  const auto kernel = must(aio::probe_kernel());
  if (!kernel.flags.of(aio::WriteFlag::atomic).works()) {
    skip("this kernel does not know RWF_ATOMIC, or does not say whether it does");
    return;
  }
  const Pipe pipe;
  const FileCapabilities found = probe(pipe.write_end());
  REQUIRE(found.flags.of(aio::WriteFlag::atomic).finding == Finding::failed);
  REQUIRE(contains(aio::describe(found), "not supported by this file: atomic"));
}

TEST_CASE("a descriptor that is not open is EBADF") {
  const auto found = aio::probe_file(aio::BorrowedFd(-1));
  REQUIRE(!found);
  REQUIRE(found.error() == aio::Error(aio::Call::statx, EBADF));
}

TEST_CASE("without AIO a file has its kind and its flags, and the rest is not tried") {
  const TemporaryFile file(pattern(100));
  const Ending ending = in_child([&file] {
    if (!forbid_system_call(raw::nr_io_setup, EPERM)) return 77;
    const auto found = aio::probe_file(borrowed(file));
    if (!found) return 1;
    return found->kind == FileKind::regular && found->reads == Asynchrony::synchronous &&
                   found->read.finding == Finding::untried
               ? 0
               : 2;
  });
  if (ending.status == 77) {
    skip("this machine has no seccomp filters");
    return;
  }
  INFO(ending.output);
  REQUIRE(ending.status == 0);
}
