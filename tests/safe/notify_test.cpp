// notify(): an eventfd counts completions, for an event loop.
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <optional>
#include <vector>

#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

aio::EventFd make_event_fd() { return must(aio::EventFd::create()); }

aio::Poll poll_of(const Pipe& pipe) {
  return aio::poll(aio::BorrowedFd(pipe.read_end()), aio::PollEvent::in);
}

}  // namespace

TEST_CASE("every kind of request counts its completion once") {
  const TemporaryFile file(pattern(100));
  const Pipe pipe;
  pipe.feed();
  const aio::EventFd event = make_event_fd();
  aio::Context context = make_context();
  const auto nothing = [](const auto&) {};
  submit(context, aio::read(borrowed(file)).into(Bytes(10)).notify(event), nothing);
  submit(context, aio::read(borrowed(file)).notify(event).into(Bytes(10)), nothing);
  submit(context, aio::write(borrowed(file)).from(Bytes(10)).notify(event), nothing);
  submit(context, aio::read(borrowed(file)).into(std::vector<Bytes>(2)).notify(event), nothing);
  submit(context, aio::write(borrowed(file)).from(std::vector<Bytes>(2)).notify(event), nothing);
  submit(context, aio::fsync(borrowed(file)).notify(event), nothing);
  submit(context, aio::fdatasync(borrowed(file)).notify(event), nothing);
  submit(context, poll_of(pipe).notify(event), nothing);
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), nothing);  // not asked to
  REQUIRE(must(event.drain()) == 0);
  REQUIRE(must(context.wait(9)) == 9);
  REQUIRE(must(event.drain()) == 8);
}

TEST_CASE("a request that is refused, or cancelled before it is sent, counts once, too") {
  const Pipe pipe;
  const aio::EventFd event = make_event_fd();
  aio::Context context = make_context();
  std::vector<int> codes;
  const auto note = [&](const auto& done) {
    codes.push_back(done.result ? 0 : done.result.error().code());
  };
  submit(context, aio::read(aio::BorrowedFd(-1)).into(Bytes(10)).notify(event), note);
  context.flush();
  REQUIRE(must(event.drain()) == 1);
  REQUIRE(must(context.poll()) == 1);

  const auto staged = context.submit(poll_of(pipe).notify(event), note);
  REQUIRE(context.cancel(*staged) == aio::Cancel::requested);
  REQUIRE(must(event.drain()) == 1);
  REQUIRE(must(context.poll()) == 1);

  const auto in_kernel = context.submit(poll_of(pipe).notify(event), note);
  context.flush();
  REQUIRE(context.cancel(*in_kernel) == aio::Cancel::requested);
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(must(event.drain()) == 1);

  auto commit = context.begin_commit(aio::fsync(aio::BorrowedFd(-1)).notify(event), note);
  REQUIRE(commit->submit(aio::write(aio::BorrowedFd(-1)).from(Bytes(1)), note));
  std::move(*commit).seal();
  REQUIRE(must(context.wait(2)) == 2);
  REQUIRE(must(event.drain()) == 1);
  REQUIRE(codes == std::vector{EBADF, ECANCELED, ECANCELED, EBADF, ECANCELED});
}

TEST_CASE("epoll wakes for completions, and poll then finds them") {
  const Pipe pipe;
  const aio::EventFd event = make_event_fd();
  const aio::File loop(::epoll_create1(EPOLL_CLOEXEC));
  struct ::epoll_event interest{.events = EPOLLIN, .data = {.fd = event.number()}};
  REQUIRE(::epoll_ctl(loop.number(), EPOLL_CTL_ADD, event.number(), &interest) == 0);
  const auto wakes = [&](int milliseconds) {
    struct ::epoll_event woken{};
    return ::epoll_wait(loop.number(), &woken, 1, milliseconds) == 1;
  };
  aio::Context context = make_context();
  int done = 0;
  submit(context, poll_of(pipe).notify(event), [&](const auto&) { ++done; });
  context.flush();
  REQUIRE(!wakes(0));
  pipe.feed();
  REQUIRE(wakes(20'000));
  REQUIRE(must(event.drain()) == 1);
  REQUIRE(must(context.poll()) == 1);
  REQUIRE(done == 1);
  REQUIRE(!wakes(0));

  // A refused request wakes it as well: nobody else would run the continuation.
  submit(context, aio::fsync(aio::BorrowedFd(-1)).notify(event), [&](const auto&) { ++done; });
  context.flush();
  REQUIRE(wakes(0));
  REQUIRE(must(event.drain()) == 1);
  REQUIRE(must(context.poll()) == 1);
  REQUIRE(done == 2);
}

TEST_CASE("poll submits what its continuations stage, so that a loop may sleep after it") {
  const TemporaryFile file(pattern(10));
  const aio::EventFd event = make_event_fd();
  aio::Context context = make_context();
  int done = 0;
  const auto read = [&] { return aio::read(borrowed(file)).into(Bytes(1)).notify(event); };
  submit(context, read(), [&](const auto&) {
    ++done;
    submit(context, read(), [&done](const auto&) { ++done; });
  });
  context.flush();
  REQUIRE(must(context.poll()) == 1);
  REQUIRE(must(event.drain()) == 2);  // the second is in the kernel, and complete
  REQUIRE(must(context.poll()) == 1);
  REQUIRE(done == 2);
}

TEST_CASE("a completion counts after the eventfd is closed, if the kernel has accepted it") {
  const Pipe pipe;
  aio::Context context = make_context();
  std::optional<aio::EventFd> event(make_event_fd());
  const aio::File kept(::fcntl(event->number(), F_DUPFD_CLOEXEC, 0));
  submit(context, poll_of(pipe).notify(*event), [](const auto&) {});
  context.flush();
  event.reset();
  pipe.feed();
  REQUIRE(must(context.wait()) == 1);
  std::uint64_t count = 0;
  REQUIRE(::read(kept.number(), &count, sizeof count) == sizeof count);
  REQUIRE(count == 1);
}

TEST_CASE("an eventfd that was closed too early fails the request, and no other file is written") {
  const TemporaryFile file(pattern(100));
  for (const bool replaced : {false, true}) {
    const TemporaryFile other;
    const Pipe pipe(O_NONBLOCK);
    aio::Context context = make_context();
    std::vector<int> codes;
    const auto note = [&](const auto& done) { codes.push_back(done.result.error().code()); };
    for (const int foreign : {other.fd(), pipe.write_end()}) {
      std::optional<aio::EventFd> event(make_event_fd());
      const int number = event->number();
      submit(context, aio::read(borrowed(file)).into(Bytes(10)).notify(*event), note);
      event.reset();
      // The kernel gives the number to the next file that is opened.
      if (replaced) REQUIRE(::dup3(foreign, number, O_CLOEXEC) == number);
      context.flush();
      if (replaced) ::close(number);
    }
    REQUIRE(must(context.poll()) == 2);
    REQUIRE(codes == std::vector<int>(2, replaced ? EINVAL : EBADF));
    REQUIRE(other.content().empty());
    std::byte byte{};
    REQUIRE(::read(pipe.read_end(), &byte, 1) == -1);
  }
}

TEST_CASE(
    "the I/O priority of a request reaches the kernel, and one that is not allowed is EPERM") {
  InterposedKernel kernel;
  std::vector<int> sent;
  kernel.io_submit = [&](auto handle, long count, auto requests) {
    for (long index = 0; index < count; ++index) {
      const bool given = (requests[index]->aio_flags & 2U) != 0;
      sent.push_back(given ? requests[index]->aio_reqprio : -1);
    }
    return aio::raw::io_submit(handle, count, requests);
  };
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  const auto idle = aio::IoPriority::idle();
  const auto low = aio::IoPriority::best_effort(7);
  auto [none, first, second, third] =
      context.run(aio::read(borrowed(file)).into(Bytes(10)),
                  aio::read(borrowed(file)).into(Bytes(10)).priority(low),
                  aio::write(borrowed(file)).priority(idle).from(Bytes(10)),
                  aio::read(borrowed(file)).priority(low).into(std::vector<Bytes>(2, Bytes(3))));
  REQUIRE(must(none.result) == 10);
  REQUIRE(must(first.result) == 10);
  REQUIRE(must(second.result) == 10);
  REQUIRE(must(third.result) == 6);
  REQUIRE(sent == std::vector<int>{-1, low.bits(), idle.bits(), low.bits()});

  auto [urgent] = context.run(
      aio::read(borrowed(file)).into(Bytes(10)).priority(aio::IoPriority::real_time(0)));
  if (urgent.result) return skip("this user may use real-time I/O priorities");
  REQUIRE(urgent.result == std::unexpected(aio::Error(aio::Call::io_submit, EPERM)));
}
