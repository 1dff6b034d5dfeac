// reader: reads files in one way, at intervals, and prints what that took as a line of JSON.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "bench/common/fail.hpp"
#include "bench/common/usage.hpp"
#include "bench/experiment/options.hpp"
#include "bench/experiment/usage.hpp"
#include "bench/experiment/way.hpp"

namespace experiment {
namespace {

// What the loop took.
struct Took {
  double seconds;
  bench::Usage cpu;
};

template <class T>
T value_or_fail(linux_aio::Result<T> result, const std::string& about) {
  if (!result) fail(about + ": " + result.error().message());
  return std::move(*result);
}

// Without O_DIRECT the buffers are as with it, so that memory can be compared.
Source open_source(const std::string& path, bool direct) {
  auto file = value_or_fail(
      linux_aio::File::open(path.c_str(), linux_aio::Access::read_only, {.direct = direct}), path);
  const auto size = static_cast<std::size_t>(value_or_fail(file.size(), path));
  const std::size_t unit =
      direct ? value_or_fail(file.direct_io(), path).offset_alignment : std::size_t{1};
  const std::size_t page = linux_aio::AlignedBuffer::default_alignment;
  const std::size_t whole = std::max(unit, page);
  auto buffer = value_or_fail(
      linux_aio::AlignedBuffer::allocate((size + whole - 1) / whole * whole, page), path);
  return {.path = path,
          .direct = direct,
          .size = size,
          .file = std::move(file),
          .buffer = std::move(buffer)};
}

Made make_way(const Options& options, std::span<Source> sources) {
  if (options.way == "blocking") return make_blocking(sources);
  if (options.way == "pread") return make_pread(sources);
  if (options.way == "thread_pool") return make_thread_pool(sources, options.threads);
  if (options.way == "posix_aio") return make_posix_aio(sources);
  if (options.way == "libaio") return make_libaio(sources);
  if (options.way == "io_uring") return make_io_uring(sources);
  if (options.way == "linux_aio") return make_linux_aio(sources);
  bench::refuse("no way is called '" + options.way + "'");
}

// Sleeps from one read to the next.
class Pace {
 public:
  Pace(std::size_t microseconds, bool absolute) : step_(microseconds), absolute_(absolute) {}

  void sleep() {
    if (absolute_) {
      next_ += step_;
    } else {
      next_ = Clock::now() + step_;
    }
    const auto since_boot = next_.time_since_epoch();
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
    const timespec until{.tv_sec = static_cast<std::time_t>(whole.count()),
                         .tv_nsec = static_cast<long>((since_boot - whole).count())};
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
    }
  }

 private:
  using Clock = std::chrono::steady_clock;  // which is CLOCK_MONOTONIC, in nanoseconds

  std::chrono::microseconds step_;
  bool absolute_;
  Clock::time_point next_ = Clock::now();
};

void clear(std::span<Source> sources) {
  for (Source& source : sources) {
    const std::span<std::byte> bytes = source.buffer.bytes();
    std::memset(bytes.data(), 0, bytes.size());
  }
}

// The last read goes into cleared buffers: what is in them afterwards is what it has read.
Took read_at_intervals(Way& way, std::span<Source> sources, const Options& options) {
  way.begin();  // for once without the clock: caches are warm then, and threads there
  way.end();

  const auto begun = std::chrono::steady_clock::now();
  const bench::Usage before = bench::usage();
  Pace pace(options.interval, options.absolute);
  for (std::size_t left = options.reads; left != 0; --left) {
    if (options.late && left != options.reads) way.end();
    if (left == 1) clear(sources);
    way.begin();
    if (!options.late) way.end();
    pace.sleep();
  }
  if (options.late) way.end();
  const bench::Usage after = bench::usage();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return {
      .seconds = took.count(),
      .cpu = {.user = after.user - before.user,
              .system = after.system - before.system,
              .sleeps = after.sleeps - before.sleeps},
  };
}

// Adler-32 (RFC 1950), which Python's zlib has as well.
std::uint32_t checksum(std::span<const std::byte> bytes) {
  constexpr std::uint32_t prime = 65521;
  std::uint32_t sum = 1;
  std::uint32_t sums = 0;
  for (const std::byte byte : bytes) {
    sum = (sum + static_cast<std::uint32_t>(byte)) % prime;
    sums = (sums + sum) % prime;
  }
  return sums << 16U | sum;
}

void print(const Took& took, const Memory& memory, std::size_t threads,
           std::span<const Source> sources) {
  std::printf(R"({"seconds": %.6f, "user": %.6f, "system": %.6f, "threads": %zu, )", took.seconds,
              took.cpu.user, took.cpu.system, threads);
  std::printf(R"("resident": %zu, "written": %zu, "virtual": %zu, "checksums": [)", memory.resident,
              memory.written, memory.virtual_peak);
  const char* separator = "";
  for (const Source& source : sources) {
    std::printf("%s%u", std::exchange(separator, ", "),
                checksum(source.buffer.bytes().first(source.size)));
  }
  std::puts("]}");
}

int run(const Options& options) {
  std::vector<Source> sources;
  sources.reserve(options.paths.size());
  for (const std::string& path : options.paths) {
    sources.push_back(open_source(path, options.direct));
  }
  const Made way = make_way(options, sources);
  if (!way) {
    std::fprintf(stderr, "%s\n", way.error().c_str());
    return bench::not_here;
  }
  const Took took = read_at_intervals(**way, sources, options);
  const std::size_t threads_then = threads();
  print(took, memory(), threads_then, sources);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace experiment

int main(int argc, char** argv) { return experiment::run(experiment::parse(argc, argv)); }
