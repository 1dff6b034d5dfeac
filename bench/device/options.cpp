#include "bench/device/options.hpp"

#include <getopt.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "bench/common/command_line.hpp"
#include "bench/common/fail.hpp"

namespace device {
namespace {

constexpr int wrong_usage = 2;

const char* const help_text =
    R"(Usage: device_round --engine=ENGINE [OPTION]... FILE

Reads blocks of FILE, or overwrites them, with so many requests in flight, for a
while, in a process of its own so that this process is what is measured. Prints
a line of JSON; bench:device runs it.

  --engine=ENGINE    linux_aio, libaio, io_uring, blocking, posix_aio or
                     thread_pool
  --depth=N          requests in flight (1)
  --batches          wait for all of them before any is replaced; else for one
  --block=BYTES      of a request (4096)
  --threads=N        of the thread pool at most (64)
  --milliseconds=MS  how long (300)
  --warm-up=MS       before that, without measuring (none)
  --write            write; else read
  --sequential       block after block; else anywhere
  --direct           O_DIRECT
  --cold             drop FILE from the page cache before, and end when much of
                     it is there again
  --check            a few requests, each compared with what is in FILE
  --probe            say how large FILE is, and whether it can be read so
  --version          print the compiler, and whether it optimised
  -h, --help         show this help

Exit status: 0 if all was transferred, 1 if not, 2 if the command line is wrong,
3 if the engine cannot be had here; standard error says why.)";

enum Name : std::uint8_t {
  engine = 1,
  depth,
  batches,
  block,
  threads,
  milliseconds,
  warm_up,
  write,
  sequential,
  direct,
  cold,
  check,
  probe,
  version,
  help = 'h',
};

constexpr std::array<option, 16> names{{{"engine", required_argument, nullptr, engine},
                                        {"depth", required_argument, nullptr, depth},
                                        {"batches", no_argument, nullptr, batches},
                                        {"block", required_argument, nullptr, block},
                                        {"threads", required_argument, nullptr, threads},
                                        {"milliseconds", required_argument, nullptr, milliseconds},
                                        {"warm-up", required_argument, nullptr, warm_up},
                                        {"write", no_argument, nullptr, write},
                                        {"sequential", no_argument, nullptr, sequential},
                                        {"direct", no_argument, nullptr, direct},
                                        {"cold", no_argument, nullptr, cold},
                                        {"check", no_argument, nullptr, check},
                                        {"probe", no_argument, nullptr, probe},
                                        {"version", no_argument, nullptr, version},
                                        {"help", no_argument, nullptr, help},
                                        {nullptr, 0, nullptr, 0}}};

// Whether the option is one of those with a number.
bool set_number(Options& options, int name) {
  if (name == depth) {
    options.depth = bench::number(optarg);
  } else if (name == block) {
    options.block_size = bench::number(optarg);
  } else if (name == threads) {
    options.threads = bench::number(optarg);
  } else if (name == milliseconds) {
    options.milliseconds = bench::number(optarg);
  } else if (name == warm_up) {
    options.warm_up = bench::number(optarg);
  } else {
    return false;
  }
  return true;
}

// Whether the option is one of those that are there or not.
bool set_flag(Options& options, int name) {
  if (name == batches) {
    options.batches = true;
  } else if (name == write) {
    options.write = true;
  } else if (name == sequential) {
    options.sequential = true;
  } else if (name == direct) {
    options.direct = true;
  } else if (name == cold) {
    options.cold = true;
  } else if (name == check) {
    options.check = true;
  } else if (name == probe) {
    options.probe = true;
  } else {
    return false;
  }
  return true;
}

void set(Options& options, int name) {
  if (set_number(options, name) || set_flag(options, name)) return;
  if (name == engine) {
    options.engine = optarg;
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
  if (optind + 1 != argc) bench::refuse("there must be one FILE");
  options.path = argv[optind];
  return options;
}

}  // namespace device
