// reader: reads files in one way, at intervals, and prints what that took as a line of JSON.

#include <fcntl.h>
#include <getopt.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/experiment/usage.hpp"
#include "bench/experiment/way.hpp"

namespace experiment {
namespace {

constexpr int wrong_usage = 2;
constexpr int not_here = 3;

const char* const help_text =
    R"(Usage: reader --way=WAY [OPTION]... FILE...

Reads all FILEs whole, again and again, in a process of its own so that this
process is what is measured. Prints a line of JSON; bench:experiment runs it.

  --way=WAY      blocking, pread, thread_pool, posix_aio, libaio, io_uring or
                 linux_aio
  --threads=N    of the thread pool (4)
  --reads=N      how often the files are read (1000)
  --interval=US  between reads, in microseconds (1000)
  --late         wait for a read's completions not at once, but before the next
  --absolute     an interval begins when the one before ends, whatever was done
                 in it; else when the read is begun or done
  --direct       open the files with O_DIRECT
  --version      print the compiler, and whether it optimised
  -h, --help     show this help

Exit status: 0 if all was read, 1 if not, 2 if the command line is wrong, 3 if
the way cannot be taken here; standard error says why.
)";

const char* const version_text =
#ifdef __clang__
    "clang " __clang_version__
#else
    "g++ " __VERSION__
#endif
#ifdef __OPTIMIZE__
    ", optimised";
#else
    ", not optimised";
#endif

struct Options {
  std::string way;
  std::size_t threads = 4;
  std::size_t reads = 1000;
  std::size_t interval = 1000;  // microseconds
  bool late = false;
  bool absolute = false;
  bool direct = false;
  std::vector<std::string> paths;
};

// What the loop took.
struct Took {
  double seconds;
  CpuTime cpu;
};

[[noreturn]] void refuse(const std::string& what) {
  std::fprintf(stderr, "reader: %s\nTry --help.\n", what.c_str());
  std::exit(wrong_usage);
}

std::size_t number(std::string_view text) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value == 0) {
    refuse("'" + std::string(text) + "' is no number from 1");
  }
  return value;
}

Options parse(int argc, char** argv) {
  enum Name : std::uint8_t {
    way = 1,
    threads,
    reads,
    interval,
    late,
    absolute,
    direct,
    version,
    help
  };
  const std::array<option, 10> names{{{"way", required_argument, nullptr, way},
                                      {"threads", required_argument, nullptr, threads},
                                      {"reads", required_argument, nullptr, reads},
                                      {"interval", required_argument, nullptr, interval},
                                      {"late", no_argument, nullptr, late},
                                      {"absolute", no_argument, nullptr, absolute},
                                      {"direct", no_argument, nullptr, direct},
                                      {"version", no_argument, nullptr, version},
                                      {"help", no_argument, nullptr, help},
                                      {nullptr, 0, nullptr, 0}}};
  Options options;
  for (int name = 0; (name = ::getopt_long(argc, argv, "h", names.data(), nullptr)) != -1;) {
    // clang-format off
    switch (name) {
      case way: options.way = optarg; break;
      case threads: options.threads = number(optarg); break;
      case reads: options.reads = number(optarg); break;
      case interval: options.interval = number(optarg); break;
      case late: options.late = true; break;
      case absolute: options.absolute = true; break;
      case direct: options.direct = true; break;
      case version: std::puts(version_text); std::exit(0);
      case help: case 'h': std::fputs(help_text, stdout); std::exit(0);
      default: std::exit(wrong_usage);
    }
    // clang-format on
  }
  const std::span<char*> given(argv, static_cast<std::size_t>(argc));
  for (const char* const path : given.subspan(static_cast<std::size_t>(optind))) {
    options.paths.emplace_back(path);
  }
  if (options.paths.empty()) refuse("there is no FILE");
  return options;
}

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
  refuse("no way is called '" + options.way + "'");
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
  const CpuTime before = cpu_time();
  Pace pace(options.interval, options.absolute);
  for (std::size_t left = options.reads; left != 0; --left) {
    if (options.late && left != options.reads) way.end();
    if (left == 1) clear(sources);
    way.begin();
    if (!options.late) way.end();
    pace.sleep();
  }
  if (options.late) way.end();
  const CpuTime after = cpu_time();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return {
      .seconds = took.count(),
      .cpu = {.user = after.user - before.user, .system = after.system - before.system},
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
    return not_here;
  }
  const Took took = read_at_intervals(**way, sources, options);
  const std::size_t threads_then = threads();
  print(took, memory(), threads_then, sources);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace experiment

int main(int argc, char** argv) { return experiment::run(experiment::parse(argc, argv)); }
