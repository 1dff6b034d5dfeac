// failure_injection: tests the code in storage.cpp against failures, as a user of linux_aio tests
// his own: failures that the real kernel makes where it is asked to, and any other by
// faulty_kernel.hpp.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "examples/failure_injection/faulty_kernel.hpp"
#include "examples/failure_injection/storage.hpp"
#include "examples/support/command_line.hpp"

namespace {

namespace aio = linux_aio;
namespace raw = linux_aio::raw;
using failure_injection::FaultyKernel;
using failure_injection::load;
using failure_injection::save;

constexpr const char* help = R"(Usage: failure_injection [FOLDER]

Tests a piece of storage code against failures of the kernel, in files in
FOLDER (default: the current one) that have no names. Prints what holds.

  -h, --help  show this help

Exit status: 0 if all holds.
)";

// NOLINTNEXTLINE(*-non-const-global-variables): of the checks
bool all_hold = true;

void check(bool holds, const char* what) {
  std::printf("%s  %s\n", holds ? "ok    " : "FAILED", what);
  if (!holds) all_hold = false;
}

bool failed_with(const aio::Result<void>& result, int code) {
  return !result && result.error().code() == code;
}

aio::File make_file(const std::string& folder) {
  std::string name = folder + "/failure_injection-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) support::die(folder + ": " + std::strerror(errno));
  ::unlink(name.c_str());
  return aio::File(descriptor);
}

std::vector<std::byte> make_data() {
  std::vector<std::byte> data(100'000);
  for (std::size_t at = 0; at < data.size(); ++at) data[at] = static_cast<std::byte>(at * 31 >> 4U);
  return data;
}

bool has(aio::Context& context, const aio::File& file, std::span<const std::byte> data) {
  std::vector<std::byte> loaded(data.size());
  return load(context, file, loaded) && std::memcmp(loaded.data(), data.data(), data.size()) == 0;
}

// What the kernel does by itself, if it is given a reason.
void test_real_failures(aio::Context& context, const std::string& folder) {
  const std::vector<std::byte> data = make_data();
  const aio::File file = make_file(folder);
  check(save(context, file, data) && has(context, file, data), "what is saved can be loaded");

  const std::string way = "/proc/self/fd/" + std::to_string(file.number());
  const auto read_only = aio::File::open(way.c_str(), aio::Access::read_only);
  check(read_only && failed_with(save(context, *read_only, data), EBADF),
        "a file that is open for reading only is EBADF");

  check(::ftruncate(file.number(), 5000) == 0, "(the file is cut off)");
  std::vector<std::byte> loaded(data.size());
  check(failed_with(load(context, file, loaded), ENODATA), "a file that is too short is ENODATA");

  std::signal(SIGXFSZ, SIG_IGN);
  struct ::rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  struct ::rlimit limit = before;
  limit.rlim_cur = 50'000;
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const aio::Result<void> saved = save(context, file, data);
  ::setrlimit(RLIMIT_FSIZE, &before);
  check(failed_with(saved, EFBIG), "a limit in the middle of the file is EFBIG");
  check(has(context, file, std::span(data).first(50'000)), "what was written before it is there");
}

// What it does when a device fails.
void test_injected_failures(aio::Context& context, const std::string& folder) {
  const std::vector<std::byte> data = make_data();
  const aio::File file = make_file(folder);
  {
    std::size_t transfers = 0;
    const FaultyKernel kernel([&](const raw::iocb& request, std::int64_t result) -> std::int64_t {
      if (request.aio_lio_opcode == raw::iocb_cmd_fdsync) return result;
      ++transfers;
      return (result + 2) / 3;
    });
    check(save(context, file, data) && has(context, file, data), "short transfers are continued");
    check(transfers > 10, "(there were many)");
  }
  for (const int code : {EIO, ENOSPC, EDQUOT}) {
    // Each request of a save fails in turn, until one is saved because there was none left to fail.
    std::size_t failing = 0;
    bool reported = true;
    for (bool failed = true; failed; ++failing) {
      std::size_t count = 0;
      failed = false;
      const FaultyKernel kernel([&](const raw::iocb& /*request*/, std::int64_t result) {
        const bool fails = count++ == failing;
        failed = failed || fails;
        return fails ? -code : result;
      });
      const aio::Result<void> saved = save(context, file, data);
      reported = reported && (failed ? failed_with(saved, code) : saved.has_value());
    }
    check(reported && failing == 3, "each request's failure is reported, the sync's as well");
  }
  const FaultyKernel kernel([](const raw::iocb&, std::int64_t) { return 0; });
  check(failed_with(save(context, file, data), EIO), "a write that accepts nothing is EIO");
}

}  // namespace

int main(int argc, char** argv) {
  support::CommandLine arguments(argc, argv, "failure_injection", help);
  const std::vector<std::string> operands = arguments.operands(0, 1);
  const std::string folder = operands.empty() ? "." : operands.front();
  // Without the ring all completions come by a system call, where FaultyKernel can change them.
  auto context = support::value_or_die(
      aio::Context::create({.capacity = 8, .reap_in_user_space = false}), "AIO");
  test_real_failures(context, folder);
  test_injected_failures(context, folder);
  return all_hold ? 0 : 1;
}
