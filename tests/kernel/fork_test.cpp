// A forked child has none of its parent's contexts.
#include <sched.h>
#include <sys/wait.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <linux_aio/raw.hpp>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/complete_read.hpp"
#include "tests/support/raw_context.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::CompleteRead;
using linux_aio::testing::Ending;
using linux_aio::testing::in_child;
using linux_aio::testing::RawContext;

}  // namespace

TEST_CASE("a forked child gets EINVAL from every call, and its parent notices nothing") {
  const RawContext context;
  CompleteRead read;
  REQUIRE(context.submit({&read.request}) == 1);
  const Ending ending = in_child([&] {
    raw::io_event event{};
    raw::getevents_timespec none{};
    const bool all = context.submit({&read.request}) == -EINVAL &&
                     raw::io_getevents(context.handle(), 0, 1, &event, &none) == -EINVAL &&
                     raw::io_cancel(context.handle(), &read.request, &event) == -EINVAL &&
                     raw::io_destroy(context.handle()) == -EINVAL;
    return all ? 0 : 1;
  });
  REQUIRE(ending.status == 0);
  REQUIRE(context.next_event().res == 1);
}

TEST_CASE("a child that shares its parent's memory shares its contexts too, as after vfork") {
  struct Shared {
    RawContext context;
    CompleteRead read;
  } shared;
  // vfork() itself would give the child this frame, which a compiler knows nothing of.
  std::vector<std::byte> stack(std::size_t{1} << 18U);
  const auto body = [](void* argument) {
    auto& [context, read] = *static_cast<Shared*>(argument);
    return context.submit({&read.request}) == 1 ? 0 : 1;
  };
  const pid_t child =
      ::clone(body, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, &shared);
  REQUIRE(child > 0);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) REQUIRE(errno == EINTR);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  REQUIRE(shared.context.next_event().res == 1);
}
