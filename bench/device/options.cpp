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

struct Number {
  Name name;
  std::size_t Options::* member;
};

constexpr std::array numbers{Number{depth, &Options::depth}, Number{block, &Options::block_size},
                             Number{threads, &Options::threads},
                             Number{milliseconds, &Options::milliseconds},
                             Number{warm_up, &Options::warm_up}};

struct Flag {
  Name name;
  bool Options::* member;
};

constexpr std::array flags{Flag{batches, &Options::batches},
                           Flag{write, &Options::write},
                           Flag{sequential, &Options::sequential},
                           Flag{direct, &Options::direct},
                           Flag{cold, &Options::cold},
                           Flag{check, &Options::check},
                           Flag{probe, &Options::probe}};

void set(Options& options, int name) {
  if (name == help) bench::print_and_exit(help_text);
  if (name == version) bench::print_and_exit(bench::build);
  if (name == '?') std::exit(wrong_usage);  // getopt_long has said why
  if (name == engine) options.engine = optarg;
  for (const Number& number : numbers) {
    if (name == number.name) options.*number.member = bench::number(optarg);
  }
  for (const Flag& flag : flags) {
    if (name == flag.name) options.*flag.member = true;
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
