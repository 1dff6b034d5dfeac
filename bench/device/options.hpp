// The command line of device_round.
#pragma once

#include <cstddef>
#include <string>

namespace device {

struct Options {
  std::string engine;
  std::size_t depth = 1;
  std::size_t block_size = 4096;
  std::size_t threads = 64;
  std::size_t milliseconds = 300;
  std::size_t warm_up = 0;  // milliseconds
  bool batches = false;
  bool write = false;
  bool sequential = false;
  bool direct = false;
  bool cold = false;
  bool check = false;
  bool probe = false;
  std::string path;
};

// Ends the program with --help and --version, and with status 2 and a hint where something is
// wrong.
Options parse(int argc, char** argv);

}  // namespace device
