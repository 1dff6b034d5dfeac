// What probe_kernel() finds is what the kernel does.
#include <sys/resource.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
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
using aio::Finding;

bool contains(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

// What a child that must not make `number` finds; it prints the description.
Ending probe_without(long number, int code, bool (*right)(const aio::KernelCapabilities&)) {
  return in_child([=] {
    if (!forbid_system_call(number, code)) return 77;
    // Where long has 32 bits there are two of them.
    if (number == raw::nr_io_pgetevents && raw::nr_io_pgetevents_time64 != raw::nr_absent &&
        !forbid_system_call(raw::nr_io_pgetevents_time64, code)) {
      return 77;
    }
    const auto found = aio::probe_kernel();
    if (!found) return 1;
    std::fputs(aio::describe(*found).c_str(), stderr);
    return right(*found) ? 0 : 2;
  });
}

bool cannot_filter(const Ending& ending) {
  if (ending.status == 77) skip("this machine has no seccomp filters");
  return ending.status == 77;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

TEST_CASE("where a context can be made, the probe finds what it needs") {
  const aio::KernelCapabilities kernel = must(aio::probe_kernel());
  REQUIRE(!kernel.obstacle());
  for (const aio::Trial& trial :
       {kernel.io_setup, kernel.io_submit, kernel.io_getevents, kernel.io_cancel, kernel.io_destroy,
        kernel.read, kernel.write, kernel.vectored_read, kernel.vectored_write, kernel.eventfd}) {
    REQUIRE(trial.works());
    REQUIRE(trial.code == 0);
  }
  REQUIRE(contains(aio::describe(kernel), "kernel AIO        usable\n"));
}

TEST_CASE("what a request of the safe layer can do, the probe finds") {
  const aio::KernelCapabilities kernel = must(aio::probe_kernel());
  const TemporaryFile file(pattern(10));
  aio::Context context = make_context();
  auto [synced, data_synced] =
      context.run(aio::fsync(borrowed(file)), aio::fdatasync(borrowed(file)));
  REQUIRE(kernel.fsync.works() == synced.result.has_value());
  REQUIRE(kernel.fdatasync.works() == data_synced.result.has_value());
  for (const auto& [flag, trial] : kernel.flags.write) {
    auto [written] = context.run(aio::write(borrowed(file)).from(Bytes(1)).flags(flag));
    if (written.result) REQUIRE((trial.works() || trial.finding == Finding::undecided));
    if (trial.finding == Finding::missing) REQUIRE(code_of(written.result) == EOPNOTSUPP);
  }
}

TEST_CASE("a poll and an I/O priority are found where the raw layer can have them") {
  const aio::KernelCapabilities kernel = must(aio::probe_kernel());
  const Pipe pipe;
  pipe.feed();
  raw::aio_context_t context = 0;
  REQUIRE(raw::io_setup(1, &context) == 0);
  raw::iocb request{};
  raw::iocb* pointer = &request;
  raw::prep_poll(request, pipe.read_end(), raw::pollin);
  REQUIRE(kernel.poll.works() == (raw::io_submit(context, 1, &pointer) == 1));
  REQUIRE(raw::io_destroy(context) == 0);
  REQUIRE((kernel.io_priority.works() || kernel.io_priority.finding == Finding::missing));
}

TEST_CASE("a flag that the kernel knows is told from one that a file supports") {
  const aio::KernelCapabilities kernel = must(aio::probe_kernel());
  if (!kernel.flags.of(aio::WriteFlag::no_append).works()) {
    skip("kernels before 6.9 do not tell the two apart");
    return;
  }
  // tmpfs, on which the probe works, supports none of the two; so their being known is no guess.
  for (const auto& [flag, trial] : kernel.flags.write) {
    REQUIRE(trial.finding != Finding::undecided);
    REQUIRE(trial.finding != Finding::failed);
  }
  REQUIRE(kernel.flags.of(aio::WriteFlag::dsync).works());
  REQUIRE(kernel.flags.of(aio::ReadFlag::no_wait).works());
}

TEST_CASE("the limits are those of /proc") {
  const aio::KernelCapabilities kernel = must(aio::probe_kernel());
  std::uint64_t most = 0;
  REQUIRE(std::ifstream("/proc/sys/fs/aio-max-nr") >> most);
  REQUIRE(kernel.aio_max_nr == most);
  REQUIRE(kernel.aio_nr.has_value());
  std::string release;
  REQUIRE(std::ifstream("/proc/sys/kernel/osrelease") >> release);
  REQUIRE(kernel.release == release);
  const std::string text = aio::describe(kernel);
  REQUIRE(contains(text, "Linux " + release));
  REQUIRE(contains(text, std::to_string(most) + " requests for all processes"));
}

TEST_CASE("a seccomp filter over io_setup is the result, and it says so") {
  const Ending ending =
      probe_without(raw::nr_io_setup, EPERM, [](const aio::KernelCapabilities& kernel) {
        return kernel.io_setup.finding == Finding::forbidden && kernel.io_setup.code == EPERM &&
               kernel.io_submit.finding == Finding::untried &&
               kernel.read.finding == Finding::untried &&
               kernel.obstacle() == aio::Error(aio::Call::io_setup, EPERM);
      });
  if (cannot_filter(ending)) return;
  INFO(ending.output);
  REQUIRE(ending.status == 0);
  REQUIRE(contains(ending.output, "kernel AIO        NOT usable: io_setup: EPERM"));
  REQUIRE(contains(ending.output, "seccomp filter"));
  REQUIRE(contains(ending.output, "read            not tried"));
}

TEST_CASE("a filter that hides io_setup looks like a kernel without AIO") {
  const Ending ending =
      probe_without(raw::nr_io_setup, ENOSYS, [](const aio::KernelCapabilities& kernel) {
        return kernel.io_setup.finding == Finding::missing &&
               kernel.obstacle() == aio::Error(aio::Call::io_setup, ENOSYS);
      });
  if (cannot_filter(ending)) return;
  INFO(ending.output);
  REQUIRE(ending.status == 0);
  REQUIRE(contains(ending.output, "CONFIG_AIO"));
}

TEST_CASE("a filter over io_submit or io_getevents is an obstacle of its own") {
  const Ending submit =
      probe_without(raw::nr_io_submit, EPERM, [](const aio::KernelCapabilities& kernel) {
        return kernel.io_setup.works() && kernel.io_submit.finding == Finding::forbidden &&
               kernel.io_getevents.works() && kernel.read.finding == Finding::untried &&
               kernel.obstacle() == aio::Error(aio::Call::io_submit, EPERM);
      });
  if (cannot_filter(submit)) return;
  INFO(submit.output);
  REQUIRE(submit.status == 0);
  REQUIRE(contains(submit.output, "request was refused by io_submit: EPERM"));
  const Ending getevents =
      probe_without(raw::nr_io_getevents, EPERM, [](const aio::KernelCapabilities& kernel) {
        // Requests are tried all the same, and reaped by the other call.
        return kernel.io_getevents.finding == Finding::forbidden &&
               kernel.read.works() == kernel.io_pgetevents.works() &&
               kernel.obstacle() == aio::Error(aio::Call::io_getevents, EPERM);
      });
  INFO(getevents.output);
  REQUIRE(getevents.status == 0);
}

TEST_CASE("io_pgetevents that is missing or forbidden is found, and is no obstacle") {
  const Ending missing =
      probe_without(raw::nr_io_pgetevents, ENOSYS, [](const aio::KernelCapabilities& kernel) {
        return kernel.io_pgetevents.finding == Finding::missing && kernel.read.works() &&
               !kernel.obstacle();
      });
  if (cannot_filter(missing)) return;
  INFO(missing.output);
  REQUIRE(missing.status == 0);
  const Ending forbidden =
      probe_without(raw::nr_io_pgetevents, EPERM, [](const aio::KernelCapabilities& kernel) {
        return kernel.io_pgetevents.finding == Finding::forbidden && kernel.read.works() &&
               !kernel.obstacle();
      });
  INFO(forbidden.output);
  REQUIRE(forbidden.status == 0);
}

TEST_CASE("a machine that has no room for a context is the result, with its numbers") {
  const Ending ending =
      probe_without(raw::nr_io_setup, EAGAIN, [](const aio::KernelCapabilities& kernel) {
        return kernel.io_setup.finding == Finding::failed && kernel.io_setup.code == EAGAIN;
      });
  if (cannot_filter(ending)) return;
  INFO(ending.output);
  REQUIRE(ending.status == 0);
  REQUIRE(contains(ending.output, "room for 8 more"));
}

TEST_CASE("a process that can have no more descriptors gets an error, not a wrong result") {
  const Ending ending = in_child([] {
    const ::rlimit limit{.rlim_cur = 3, .rlim_max = 3};
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
    const auto found = aio::probe_kernel();
    return !found && found.error().code() == EMFILE ? 0 : 2;
  });
  INFO(ending.output);
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
}

TEST_CASE("a probe leaves no descriptor and no context behind") {
  const std::size_t before = open_descriptors();
  const auto first = must(aio::probe_kernel());
  static_cast<void>(must(aio::probe_file(aio::BorrowedFd(0))));
  REQUIRE(open_descriptors() == before);
  REQUIRE(first.io_destroy.works());
}
