#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <linux_aio/io_priority.hpp>

#include "tests/support/child.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

using namespace linux_aio::testing;
using linux_aio::IoPriority;
namespace raw = linux_aio::raw;

// What io_submit says to a read with `priority`.
long submit_with(const RawContext& context, const TemporaryFile& file, IoPriority priority) {
  std::byte byte{};
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), &byte, 1, 0);
  raw::set_ioprio(request, priority.bits());
  const long accepted = context.submit({&request});
  if (accepted == 1 && context.next_event().res != 1) return -EIO;
  return accepted;
}

bool drop_capabilities() {
  ::__user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const std::array<::__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

}  // namespace

static_assert(IoPriority::real_time(0).bits() == 0x2000);
static_assert(IoPriority::best_effort(7).bits() == 0x4007);
static_assert(IoPriority::idle().bits() == 0x6000);
static_assert(IoPriority::best_effort(7).with_duration_limit(1).bits() == 0x400f);
static_assert(IoPriority::real_time(0).with_duration_limit(7).bits() == 0x2038);
static_assert(IoPriority::idle().with_duration_limit(3).with_duration_limit(1) ==
              IoPriority::idle().with_duration_limit(1));
// NOLINTNEXTLINE(misc-redundant-expression): the test
static_assert(IoPriority::best_effort(1) == IoPriority::best_effort(1));
static_assert(IoPriority::best_effort(1) != IoPriority::best_effort(2));
static_assert(IoPriority::best_effort(1) != IoPriority::real_time(1));

TEST_CASE("the kernel takes every level of best effort, and idle") {
  const TemporaryFile file(pattern(10));
  const RawContext context;
  for (unsigned level = 0; level < 8; ++level) {
    REQUIRE(submit_with(context, file, IoPriority::best_effort(level)) == 1);
  }
  REQUIRE(submit_with(context, file, IoPriority::idle()) == 1);
}

TEST_CASE("the kernel takes every duration limit, or has none") {
  const TemporaryFile file(pattern(10));
  const RawContext context;
  const auto submit_limit = [&](unsigned limit) {
    return submit_with(context, file, IoPriority::best_effort(4).with_duration_limit(limit));
  };
  if (submit_limit(1) == -EINVAL) {
    skip("this kernel has no command duration limits (they came with Linux 6.5)");
    return;
  }
  for (unsigned limit = 1; limit <= 7; ++limit) REQUIRE(submit_limit(limit) == 1);
}

TEST_CASE("real time is EPERM for a process without the capability") {
  const TemporaryFile file(pattern(10));
  const Ending ending = in_child([&file] {
    if (!drop_capabilities()) return 1;
    const RawContext context;
    return submit_with(context, file, IoPriority::real_time(0)) == -EPERM ? 0 : 2;
  });
  REQUIRE(ending.status == 0);
}

TEST_CASE("a level or duration limit out of range ends the program") {
  const auto require_death = [](const std::function<void()>& use, const std::string& words) {
    const Ending ending = in_child([&use] { return use(), 0; });
    REQUIRE(ending.signal == SIGABRT);
    REQUIRE(ending.output == "linux_aio: " + words + "\n");
  };
  const std::string level = "the level of an I/O priority is 0 (first) to 7 (last)";
  for (const unsigned wrong : {8U, ~0U}) {
    require_death([wrong] { static_cast<void>(IoPriority::real_time(wrong)); }, level);
    require_death([wrong] { static_cast<void>(IoPriority::best_effort(wrong)); }, level);
  }
  for (const unsigned wrong : {0U, 8U}) {
    require_death([wrong] { static_cast<void>(IoPriority::idle().with_duration_limit(wrong)); },
                  "the command duration limits of a device are numbered from 1 to 7");
  }
}
