// Pipes and sockets: io_submit would wait for the other side, and no request does.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/nowait.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

aio::Result<std::size_t> read_of(aio::BorrowedFd file) {
  aio::Context context = make_context();
  auto [done] = context.run(aio::read(file).into(Bytes(10)));
  return done.result;
}

aio::Result<std::size_t> vectored_read_of(aio::BorrowedFd file) {
  aio::Context context = make_context();
  auto [done] = context.run(aio::read(file).into(std::vector<Bytes>(2, Bytes(5))));
  return done.result;
}

// Writes until there is no more room: the error of the last write.
aio::Error fill(aio::BorrowedFd file) {
  aio::Context context = make_context();
  for (;;) {
    auto [done] = context.run(aio::write(file).from(Bytes(4096)));
    if (!done.result) return done.result.error();
  }
}

std::array<aio::File, 2> make_sockets(int flags) {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0, ends.data()) == 0);
  return {aio::File(ends[0]), aio::File(ends[1])};
}

}  // namespace

TEST_CASE("an empty pipe or socket is EAGAIN, whether it blocks or not") {
  for (const int flags : {0, O_NONBLOCK}) {
    if (flags == 0 && !pipes_know_nowait()) continue;
    const Pipe pipe(flags);
    const aio::BorrowedFd read_end(pipe.read_end());
    REQUIRE(read_end.may_block() == (flags == 0));
    const aio::Error nothing(aio::Call::completion, EAGAIN);
    REQUIRE(read_of(read_end) == std::unexpected(nothing));
    REQUIRE(vectored_read_of(read_end) == std::unexpected(nothing));
    pipe.feed();
    REQUIRE(must(read_of(read_end)) == 1);

    const std::array sockets = make_sockets(flags == 0 ? 0 : SOCK_NONBLOCK);
    REQUIRE(read_of(sockets[0]) == std::unexpected(nothing));
    REQUIRE(vectored_read_of(sockets[0]) == std::unexpected(nothing));
    REQUIRE(::send(sockets[1].number(), "abc", 3, 0) == 3);
    REQUIRE(must(vectored_read_of(sockets[0])) == 3);
  }
}

TEST_CASE("a full pipe or socket is EAGAIN, whether it blocks or not") {
  for (const int flags : {0, O_NONBLOCK}) {
    if (flags == 0 && !pipes_know_nowait()) continue;
    const Pipe pipe(flags);
    REQUIRE(fill(aio::BorrowedFd(pipe.write_end())).code() == EAGAIN);
    const std::array sockets = make_sockets(flags == 0 ? 0 : SOCK_NONBLOCK);
    REQUIRE(fill(sockets[0]).code() == EAGAIN);
  }
}

TEST_CASE("a File that was opened on a FIFO does not wait for its other end") {
  const std::string path = temporary_folder() + "/linux_aio_fifo";
  ::unlink(path.c_str());
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const aio::File blocking(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  const aio::File both = must(aio::File::open(path.c_str(), aio::Access::read_write));
  const aio::File reading = must(aio::File::open(path.c_str(), aio::Access::read_only));
  ::unlink(path.c_str());
  REQUIRE(code_of(read_of(reading)) == EAGAIN);
  REQUIRE(code_of(read_of(both)) == EAGAIN);
  aio::Context context = make_context();
  auto [written] = context.run(aio::write(both).from(pattern(7)));
  REQUIRE(must(written.result) == 7);
  REQUIRE(must(read_of(reading)) == 7);
  REQUIRE(fill(both).code() == EAGAIN);

  // The kernel has no such answer for one that somebody else opened, and it is not ours to change.
  const auto refused = read_of(blocking);
  REQUIRE(refused == std::unexpected(aio::Error(aio::Call::io_submit, EOPNOTSUPP)));
  REQUIRE(refused.error().message().find("O_NONBLOCK") != std::string::npos);
}

TEST_CASE("an eventfd that blocks is EAGAIN, too") {
  const aio::EventFd event = must(aio::EventFd::create());
  REQUIRE(::fcntl(event.number(), F_SETFL, 0) == 0);
  const aio::BorrowedFd file(event.number());
  REQUIRE(file.may_block());
  aio::Context context = make_context();
  auto [done] = context.run(aio::read(file).into(Bytes(8)));
  REQUIRE(code_of(done.result) == EAGAIN);
}

TEST_CASE("what blocks is polled first, and then read") {
  const Pipe pipe(pipes_know_nowait() ? 0 : O_NONBLOCK);
  const aio::BorrowedFd read_end(pipe.read_end());
  aio::Context context = make_context();
  std::optional<std::size_t> read;
  submit(context, aio::poll(read_end, aio::PollEvent::in), [&](const auto& ready) {
    REQUIRE(ready.result);
    submit(context, aio::read(read_end).into(Bytes(10)),
           [&](const auto& done) { read = must(done.result); });
  });
  REQUIRE(must(context.poll()) == 0);
  pipe.feed();
  while (context.in_flight() != 0) must(context.wait());
  REQUIRE(read == 1U);
}

TEST_CASE("files and other flags are sent as they are") {
  const TemporaryFile file(pattern(100));
  REQUIRE(!borrowed(file).may_block());
  REQUIRE(!aio::BorrowedFd(-1).may_block());
  if (!pipes_know_nowait()) return;
  // no_wait is forced on a pipe beside the flags that were given, not instead of them.
  const Pipe pipe;
  aio::Context context = make_context();
  auto [done] = context.run(
      aio::write(aio::BorrowedFd(pipe.write_end())).from(Bytes(1)).flags(aio::WriteFlag::dsync));
  REQUIRE(must(done.result) == 1);
}
