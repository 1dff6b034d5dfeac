#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <linux_aio/event_fd.hpp>
#include <type_traits>
#include <utility>

#include "tests/support/child.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

bool is_readable(const aio::EventFd& event) {
  struct ::pollfd look{.fd = event.number(), .events = POLLIN, .revents = 0};
  return ::poll(&look, 1, 0) == 1;
}

}  // namespace

static_assert(std::is_nothrow_move_constructible_v<aio::EventFd>);
static_assert(std::is_nothrow_move_assignable_v<aio::EventFd>);
static_assert(!std::is_copy_constructible_v<aio::EventFd>);
static_assert(!std::is_default_constructible_v<aio::EventFd>);
static_assert(!std::is_constructible_v<aio::EventFd, int>);
static_assert(std::is_convertible_v<const aio::EventFd&, aio::BorrowedFd>);
static_assert(!std::is_convertible_v<aio::EventFd, aio::BorrowedFd>);

TEST_CASE("an eventfd does not block and is closed on exec") {
  const aio::EventFd event = must(aio::EventFd::create());
  REQUIRE((::fcntl(event.number(), F_GETFD) & FD_CLOEXEC) != 0);
  REQUIRE((::fcntl(event.number(), F_GETFL) & O_NONBLOCK) != 0);
}

TEST_CASE("drain returns how often it was signalled, and 0 if it was not") {
  const aio::EventFd event = must(aio::EventFd::create());
  REQUIRE(must(event.drain()) == 0);
  REQUIRE(!is_readable(event));
  for (int count = 0; count < 3; ++count) must(event.signal());
  REQUIRE(is_readable(event));
  REQUIRE(must(event.drain()) == 3);
  REQUIRE(!is_readable(event));
  REQUIRE(must(event.drain()) == 0);
}

TEST_CASE("signal does not wait for room in a counter that is full") {
  const aio::EventFd event = must(aio::EventFd::create());
  const std::uint64_t most = ~std::uint64_t{1};
  REQUIRE(::write(event.number(), &most, sizeof most) == sizeof most);
  must(event.signal());
  REQUIRE(is_readable(event));
  REQUIRE(must(event.drain()) == most);
}

TEST_CASE("a completion is counted, also one whose eventfd was closed meanwhile") {
  const TemporaryFile file(pattern(10));
  const RawContext context;
  const aio::EventFd event = must(aio::EventFd::create());
  std::byte byte{};
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), &byte, 1, 0);
  raw::set_eventfd(request, event.number());
  REQUIRE(context.result_of(request) == 1);
  REQUIRE(must(event.drain()) == 1);

  const Pipe pipe;
  {
    const aio::EventFd closed = must(aio::EventFd::create());
    raw::prep_poll(request, pipe.read_end(), raw::pollin);
    raw::set_eventfd(request, closed.number());
    REQUIRE(context.submit({&request}) == 1);
  }
  pipe.feed();
  REQUIRE((context.next_event().res & raw::pollin) != 0);
}

TEST_CASE("an eventfd can be polled, as it lends its descriptor") {
  const aio::EventFd event = must(aio::EventFd::create());
  const aio::BorrowedFd lent = event;
  REQUIRE(lent.number() == event.number());
}

TEST_CASE("an eventfd closes its descriptor when it is destroyed or assigned to") {
  int fd = -1;
  {
    const aio::EventFd event = must(aio::EventFd::create());
    fd = event.number();
    REQUIRE(is_open(fd));
  }
  REQUIRE(!is_open(fd));

  aio::EventFd first = must(aio::EventFd::create());
  aio::EventFd second = must(aio::EventFd::create());
  const int old = first.number();
  const int kept = second.number();
  first = std::move(second);
  REQUIRE(!is_open(old));
  REQUIRE(first.number() == kept);
  aio::EventFd& same = first;
  first = std::move(same);
  REQUIRE(is_open(kept));
  const aio::EventFd third = std::move(first);
  REQUIRE(third.number() == kept);
  REQUIRE(is_open(kept));
}

TEST_CASE("release gives the descriptor up") {
  aio::EventFd event = must(aio::EventFd::create());
  const int fd = event.number();
  const aio::File owner(std::move(event).release());
  REQUIRE(owner.number() == fd);
  REQUIRE(is_open(fd));
}

TEST_CASE("no descriptor left is EMFILE") {
  const Ending ending = in_child([] {
    const struct ::rlimit none{.rlim_cur = 3, .rlim_max = 3};
    if (::setrlimit(RLIMIT_NOFILE, &none) != 0) return 1;
    const auto event = aio::EventFd::create();
    if (event) return 2;
    return event.error() == aio::Error(aio::Call::eventfd, EMFILE) ? 0 : 3;
  });
  REQUIRE(ending.status == 0);
}

TEST_CASE("a stale descriptor is EBADF") {
  const Ending ending = in_child([] {
    const auto event = aio::EventFd::create();
    if (!event) return 1;
    ::close(event->number());
    const aio::Error expected(aio::Call::eventfd, EBADF);
    return event->drain().error() == expected && event->signal().error() == expected ? 0 : 2;
  });
  REQUIRE(ending.status == 0);
}

TEST_CASE("using an eventfd after it was moved from ends the program") {
  aio::EventFd event = must(aio::EventFd::create());
  const aio::EventFd owner = std::move(event);
  const auto require_death = [](const std::function<void()>& use) {
    const Ending ending = in_child([&use] { return use(), 0; });
    REQUIRE(ending.signal == SIGABRT);
    REQUIRE(ending.output == "linux_aio: an EventFd was used after it was moved from\n");
  };
  // NOLINTNEXTLINE(bugprone-use-after-move): the test
  require_death([&event] { static_cast<void>(event.number()); });
  require_death([&event] { static_cast<void>(event.drain()); });
  require_death([&event] { static_cast<void>(event.signal()); });
  require_death([&event] { static_cast<void>(aio::read(event)); });
}
