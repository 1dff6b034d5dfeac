// overhead: what a request costs, through linux_aio and beside it, by Google Benchmark.

#include <benchmark/benchmark.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/overhead/engines.hpp"
#include "bench/overhead/fake_kernel.hpp"
#include "bench/overhead/ratios.hpp"

namespace overhead {
namespace {

struct Engine {
  const char* name;
  LeftOut (*add)(std::vector<Work>& works);
  bool calls_thunk;  // and so works on the fake kernel
};

constexpr std::array engines{
    Engine{"by_hand", add_by_hand, true},
    Engine{"raw", add_raw, true},
    Engine{"run, run_each", add_run, true},
    Engine{"submit", add_submit, true},
    Engine{"async", add_async, true},
    Engine{"libaio", add_libaio, false},
    Engine{"io_uring", add_io_uring, false},
    Engine{"io_uring_registered", add_io_uring_registered, false},
    Engine{"blocking", add_blocking, false},
    Engine{"posix_aio", add_posix_aio, false},
    Engine{"thread_pool", add_thread_pool, false},
    Engine{"submit_in_threads", add_two_threads, false},
};

// Many short rounds, for what disturbs one passes the others by.
constexpr std::array defaults{
    "--benchmark_enable_random_interleaving=true",
    "--benchmark_repetitions=21",
    "--benchmark_min_time=0.005",
    "--benchmark_display_aggregates_only=true",
};

struct Options {
  bool fake_kernel = false;
  Time time = Time::real;
  std::string_view format = "console";
  bool color = ::isatty(STDOUT_FILENO) == 1;
  std::vector<std::string> defaults{overhead::defaults.begin(), overhead::defaults.end()};
  std::vector<char*> for_google_benchmark;
};

void print_help() {
  std::puts(
      "overhead: what a request costs, through linux_aio and beside it.\n"
      "Usage: overhead [--fake_kernel] [--ratio_of={real_time|cpu_time}] [--benchmark_...]\n"
      "\n"
      "Benchmarks are called WORK/ROW/batch:N; an iteration is a batch. After Google Benchmark's\n"
      "table come the ratios to hand-written C in the same run, on standard error if the table is\n"
      "JSON. A column in which the same code twice (A/A) differs by more than 0.5 % is void.\n"
      "\n"
      "  --fake_kernel  requests complete in user space, in a made-up ring: what is left is the "
      "cost\n"
      "                 of the wrappers\n"
      "  --ratio_of     the time that is compared (real_time); cpu_time, of all threads, suits a "
      "busy\n"
      "                 machine\n"
      "\n"
      "Google Benchmark's own flags, which here begin with");
  for (const char* const flag : defaults) std::printf("  %s\n", flag);
  std::puts("");
  benchmark::PrintDefaultHelp();
}

bool starts(std::string_view argument, std::string_view flag, std::string_view& value) {
  if (!argument.starts_with(flag)) return false;
  value = argument.substr(flag.size());
  return true;
}

// What is ours is taken, what is Google Benchmark's is handed on.
Options options_of(std::span<char*> arguments) {
  Options options;
  options.for_google_benchmark.push_back(arguments.front());
  for (std::string& flag : options.defaults) options.for_google_benchmark.push_back(flag.data());
  for (char* const argument : arguments.subspan(1)) {
    std::string_view value;
    if (std::string_view(argument) == "--fake_kernel") {
      options.fake_kernel = true;
    } else if (std::string_view(argument) == "--ratio_of=real_time") {
      options.time = Time::real;
    } else if (std::string_view(argument) == "--ratio_of=cpu_time") {
      options.time = Time::cpu;
    } else {
      if (starts(argument, "--benchmark_format=", value)) options.format = value;
      if (starts(argument, "--benchmark_color=", value) && value != "auto") {
        options.color = value == "true" || value == "1" || value == "yes";
      }
      options.for_google_benchmark.push_back(argument);
    }
  }
  return options;
}

std::unique_ptr<benchmark::BenchmarkReporter> reporter_for(const Options& options) {
  if (options.format == "json") return std::make_unique<benchmark::JSONReporter>();
  using benchmark::ConsoleReporter;
  return std::make_unique<ConsoleReporter>(options.color ? ConsoleReporter::OO_Color
                                                         : ConsoleReporter::OO_None);
}

void describe_build() {
  ::utsname machine{};
  ::uname(&machine);
  benchmark::AddCustomContext("kernel", kernel_is_fake() ? "fake" : machine.release);
  benchmark::AddCustomContext("compiler", __VERSION__);
#if !defined(__OPTIMIZE__) || !defined(NDEBUG)
  std::fputs("overhead: built without -c opt: the figures are not those of the library\n", stderr);
  benchmark::AddCustomContext("optimised", "no");
#else
  benchmark::AddCustomContext("optimised", "yes");
#endif
}

int run(const Options& options) {
  auto works = Works::open();
  if (!works) {
    std::fprintf(stderr, "overhead: %s\n", works.error().c_str());
    return 1;
  }
  if (options.fake_kernel) fake_the_kernel();
  describe_build();
  std::string left_out;
  for (const Engine& engine : engines) {
    LeftOut why = "it does not call what the fake kernel stands in for";
    if (engine.calls_thunk || !options.fake_kernel) why = engine.add(works->all());
    if (why) left_out += std::string("LEFT OUT: ") + engine.name + ": " + *why + '\n';
  }
  Ratios ratios(reporter_for(options), options.time);
  const std::size_t matched = benchmark::RunSpecifiedBenchmarks(&ratios);
  std::ostream& out = options.format == "console" ? std::cout : std::cerr;
  ratios.print(out);
  out << '\n' << left_out << std::flush;
  for (const std::string& failure : ratios.failures()) {
    std::fprintf(stderr, "FAILED: %s\n", failure.c_str());
  }
  benchmark::ClearRegisteredBenchmarks();  // and with them the engines, before the works
  return matched != 0 && ratios.failures().empty() ? 0 : 1;
}

int main(std::span<char*> arguments) {
  Options options = options_of(arguments);
  auto count = static_cast<int>(options.for_google_benchmark.size());
  options.for_google_benchmark.push_back(nullptr);
  char** const flags = options.for_google_benchmark.data();
  benchmark::Initialize(&count, flags, print_help);
  if (benchmark::ReportUnrecognizedArguments(count, flags)) return 2;
  if (options.format != "console" && options.format != "json") {
    std::fputs("overhead: --benchmark_format is console or json\n", stderr);
    return 2;
  }
  return run(options);
}

}  // namespace
}  // namespace overhead

int main(int count, char** arguments) {
  return overhead::main(std::span(arguments, static_cast<std::size_t>(count)));
}
