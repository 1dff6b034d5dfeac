// The command line of the reader.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace experiment {

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

// Ends the program with --help and --version, and with status 2 and a hint where something is
// wrong.
Options parse(int argc, char** argv);

}  // namespace experiment
