// poll(): one-shot, and what it answers.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;
using aio::PollEvent;
using aio::PollEvents;

/// Two stream sockets, connected.
class Sockets {
 public:
  Sockets() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) == 0); }
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;
  ~Sockets() {
    ::close(ends_[0]);
    if (ends_[1] >= 0) ::close(ends_[1]);
  }
  [[nodiscard]] aio::BorrowedFd end() const { return aio::BorrowedFd(ends_[0]); }
  [[nodiscard]] int peer() const { return ends_[1]; }
  void close_peer() { ::close(std::exchange(ends_[1], -1)); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// What a poll that is ready, or refused, answers.
aio::Result<PollEvents> answer(aio::BorrowedFd file, PollEvents asked) {
  aio::Context context = make_context();
  std::optional<aio::Result<PollEvents>> result;
  submit(context, aio::poll(file, asked), [&](aio::PollCompletion done) { result = done.result; });
  must(context.wait(1, std::chrono::seconds(20)));
  REQUIRE(result);
  return *result;
}

// The same for a poll that is woken by `happen`.
template <class Happen>
PollEvents woken(aio::BorrowedFd file, PollEvents asked, Happen happen) {
  aio::Context context = make_context();
  std::optional<aio::Result<PollEvents>> result;
  submit(context, aio::poll(file, asked), [&](aio::PollCompletion done) { result = done.result; });
  REQUIRE(must(context.poll()) == 0);
  happen();
  REQUIRE(must(context.wait(1, std::chrono::seconds(20))) == 1);
  return must(*result);
}

}  // namespace

TEST_CASE("a poll answers what is there at once, of what was asked") {
  const Pipe pipe;
  const aio::BorrowedFd write_end(pipe.write_end());
  REQUIRE(must(answer(write_end, PollEvent::out)) == PollEvent::out);
  REQUIRE(must(answer(write_end, PollEvent::in | PollEvent::out)) == PollEvent::out);
  pipe.feed();
  REQUIRE(must(answer(aio::BorrowedFd(pipe.read_end()), PollEvent::in)) == PollEvent::in);

  const Sockets sockets;
  REQUIRE(::send(sockets.peer(), "x", 1, 0) == 1);
  REQUIRE(must(answer(sockets.end(), PollEvent::in)) == PollEvent::in);
  REQUIRE(must(answer(sockets.end(), PollEvent::in | PollEvent::out)) ==
          (PollEvent::in | PollEvent::out));
}

TEST_CASE("a poll that has to wait answers the same as one that is ready") {
  const Pipe pipe;
  const aio::BorrowedFd read_end(pipe.read_end());
  REQUIRE(woken(read_end, PollEvent::in, [&] { pipe.feed(); }) == PollEvent::in);
  const Sockets sockets;
  REQUIRE(woken(sockets.end(), PollEvent::in,
                [&] { REQUIRE(::send(sockets.peer(), "x", 1, 0) == 1); }) == PollEvent::in);
}

TEST_CASE("the peer's shutdown is read_hang_up, its close is hang_up, asked for or not") {
  Sockets sockets;
  REQUIRE(woken(sockets.end(), PollEvent::read_hang_up, [&] {
            REQUIRE(::shutdown(sockets.peer(), SHUT_WR) == 0);
          }) == PollEvent::read_hang_up);
  REQUIRE(must(answer(sockets.end(), PollEvent::in)) == PollEvent::in);  // the end of the stream
  sockets.close_peer();
  const PollEvents closed = must(answer(sockets.end(), PollEvent::priority));
  REQUIRE(closed == PollEvent::hang_up);
}

TEST_CASE("a pipe without readers is an error, one without writers a hang-up, asked for or not") {
  Pipe pipe;
  const aio::BorrowedFd write_end(pipe.write_end());
  pipe.close_read_end();
  REQUIRE(must(answer(write_end, PollEvents())) == PollEvent::error);
  REQUIRE(must(answer(write_end, PollEvent::out)).has(PollEvent::error));

  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  ::close(ends[1]);
  const aio::File read_end(ends[0]);
  REQUIRE(must(answer(read_end, PollEvent::in)) == PollEvent::hang_up);
}

TEST_CASE("urgent data is priority") {
  const aio::File listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::listen(listener.number(), 1) == 0);
  struct ::sockaddr_storage address{};
  ::socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<struct ::sockaddr*>(&address);
  REQUIRE(::getsockname(listener.number(), any, &size) == 0);
  const aio::File client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(client.number(), any, size) == 0);
  const aio::File server(::accept(listener.number(), nullptr, nullptr));
  REQUIRE(woken(server, PollEvent::priority, [&] {
            REQUIRE(::send(client.number(), "!", 1, MSG_OOB) == 1);
          }) == PollEvent::priority);
}

TEST_CASE("a poll is for once") {
  const Pipe pipe;
  aio::Context context = make_context();
  int answers = 0;
  submit(context, aio::poll(aio::BorrowedFd(pipe.read_end()), PollEvent::in),
         [&](const auto&) { ++answers; });
  context.flush();
  for (int count = 0; count < 3; ++count) pipe.feed();
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(context.in_flight() == 0);
  REQUIRE(must(context.poll()) == 0);
  REQUIRE(answers == 1);
}

TEST_CASE("run waits for a poll, and its completion is the answer") {
  const Pipe pipe;
  pipe.feed();
  aio::Context context = make_context();
  auto [in, out] = context.run(aio::poll(aio::BorrowedFd(pipe.read_end()), PollEvent::in),
                               aio::poll(aio::BorrowedFd(pipe.write_end()), PollEvent::out));
  REQUIRE(must(in.result) == PollEvent::in);
  REQUIRE(must(out.result) == PollEvent::out);
}

TEST_CASE(
    "what cannot be polled is EINVAL, what is no descriptor EBADF, and the message says why") {
  const TemporaryFile file;
  REQUIRE(must(answer(borrowed(file), PollEvent::in | PollEvent::out)) ==
          (PollEvent::in | PollEvent::out));
  const auto neither = answer(borrowed(file), PollEvent::priority);
  REQUIRE(neither == std::unexpected(aio::Error(aio::Call::io_submit, EINVAL)));
  REQUIRE(neither.error().message().find("poll was refused by io_submit: EINVAL") == 0);
  REQUIRE(neither.error().message().find("regular file") != std::string::npos);

  const std::string path = temporary_folder() + "/fifo_both_ways";
  ::unlink(path.c_str());
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const aio::File both = must(aio::File::open(path.c_str(), aio::Access::read_write));
  ::unlink(path.c_str());
  const auto two_queues = answer(both, PollEvent::in);
  REQUIRE(code_of(two_queues) == EINVAL);
  REQUIRE(two_queues.error().message().find("two wait queues") != std::string::npos);

  REQUIRE(code_of(answer(aio::BorrowedFd(-1), PollEvent::in)) == EBADF);
}

TEST_CASE("closing the descriptor does not complete a poll: the kernel holds the file") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  aio::Context context = make_context();
  std::optional<aio::Result<PollEvents>> result;
  {
    const aio::File read_end(ends[0]);
    submit(context, aio::poll(read_end, PollEvent::in),
           [&](aio::PollCompletion done) { result = done.result; });
    REQUIRE(context.flush() == 0);
  }
  REQUIRE(must(context.poll()) == 0);
  REQUIRE(::write(ends[1], "x", 1) == 1);
  ::close(ends[1]);
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(must(*result).has(PollEvent::in));
}

TEST_CASE("close cancels polls, those in the kernel and those that are staged") {
  const Pipe pipe;
  aio::Context context = make_context();
  std::vector<int> codes;
  for (const bool flushed : {true, false}) {
    for (int count = 0; count < 3; ++count) {
      submit(
          context, aio::poll(aio::BorrowedFd(pipe.read_end()), PollEvent::in),
          [&](const auto& done) { codes.push_back(done.result ? 0 : done.result.error().code()); });
    }
    if (flushed) context.flush();
  }
  must(context.close());
  REQUIRE(codes == std::vector<int>(6, ECANCELED));
}

TEST_CASE("close cancels the polls that continuations submit again, until its deadline") {
  const Pipe pipe;
  aio::Context context = make_context();
  struct Again {
    aio::Context& context;
    int fd;
    int& left;
    void operator()(const aio::PollCompletion& /*done*/) const {
      if (--left <= 0) return;
      submit(context, aio::poll(aio::BorrowedFd(fd), PollEvent::in), *this);
    }
  };
  int left = 1'000'000'000;
  submit(context, aio::poll(aio::BorrowedFd(pipe.read_end()), PollEvent::in),
         Again{context, pipe.read_end(), left});
  REQUIRE(code_of(context.close(std::chrono::milliseconds(20))) == ETIMEDOUT);
  REQUIRE(context.in_flight() == 1);
  left = 100;
  must(context.close());
  REQUIRE(left == 0);
}

TEST_CASE("close does not wait for a poll behind a commit that is open") {
  const Pipe pipe;
  const TemporaryFile log;
  aio::Context context = make_context();
  auto commit = context.begin_commit(aio::fdatasync(borrowed(log)), [](const auto&) {});
  REQUIRE(commit);
  int polls = 0;
  submit(context, aio::poll(aio::BorrowedFd(pipe.read_end()), PollEvent::in), [&](const auto&) {
    ++polls;
    submit(context, aio::poll(aio::BorrowedFd(pipe.read_end()), PollEvent::in),
           [&](const auto&) { ++polls; });
  });
  REQUIRE(code_of(context.close(std::chrono::seconds(20))) == EDEADLK);
  REQUIRE(polls == 2);
  std::move(*commit).seal();
  must(context.close());
}

TEST_CASE("a poll asks the kernel for the events' numbers, and for no more") {
  InterposedKernel kernel;
  std::vector<std::uint64_t> asked;
  kernel.io_submit = [&](auto handle, long count, auto requests) {
    asked.push_back(requests[0]->aio_buf);
    return aio::raw::io_submit(handle, count, requests);
  };
  const Pipe pipe;
  const aio::BorrowedFd fd(pipe.write_end());
  static_cast<void>(answer(fd, PollEvent::out));
  static_cast<void>(
      answer(fd, PollEvent::in | PollEvent::out | PollEvent::priority | PollEvent::read_hang_up));
  REQUIRE(asked == std::vector<std::uint64_t>{4, 1 | 4 | 2 | 0x2000});
}
