#include "bench/experiment/options.hpp"

#include <getopt.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "bench/common/command_line.hpp"
#include "bench/common/fail.hpp"

namespace experiment {
namespace {

constexpr int wrong_usage = 2;

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
the way cannot be taken here; standard error says why.)";

enum Name : std::uint8_t {
  way = 1,
  threads_of_pool,
  reads,
  interval,
  late,
  absolute,
  direct,
  version,
  help = 'h',
};

constexpr std::array<option, 10> names{{{"way", required_argument, nullptr, way},
                                        {"threads", required_argument, nullptr, threads_of_pool},
                                        {"reads", required_argument, nullptr, reads},
                                        {"interval", required_argument, nullptr, interval},
                                        {"late", no_argument, nullptr, late},
                                        {"absolute", no_argument, nullptr, absolute},
                                        {"direct", no_argument, nullptr, direct},
                                        {"version", no_argument, nullptr, version},
                                        {"help", no_argument, nullptr, help},
                                        {nullptr, 0, nullptr, 0}}};

void set(Options& options, int name) {
  if (name == way) {
    options.way = optarg;
  } else if (name == threads_of_pool) {
    options.threads = bench::number(optarg);
  } else if (name == reads) {
    options.reads = bench::number(optarg);
  } else if (name == interval) {
    options.interval = bench::number(optarg);
  } else if (name == late) {
    options.late = true;
  } else if (name == absolute) {
    options.absolute = true;
  } else if (name == direct) {
    options.direct = true;
  } else if (name == version) {
    bench::print_and_exit(bench::build);
  } else if (name == help) {
    bench::print_and_exit(help_text);
  } else {
    std::exit(wrong_usage);  // getopt_long has said why
  }
}

}  // namespace

Options parse(int argc, char** argv) {
  Options options;
  for (int name = 0; (name = ::getopt_long(argc, argv, "h", names.data(), nullptr)) != -1;) {
    set(options, name);
  }
  const std::span<char*> given(argv, static_cast<std::size_t>(argc));
  for (const char* const path : given.subspan(static_cast<std::size_t>(optind))) {
    options.paths.emplace_back(path);
  }
  if (options.paths.empty()) bench::refuse("there is no FILE");
  return options;
}

}  // namespace experiment
