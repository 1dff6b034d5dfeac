// What happens in a child process: death, forking, and what it says.
#pragma once

#include <functional>
#include <string>

namespace linux_aio::testing {

/// How a child process ended.
struct Ending {
  int signal = 0;      // that killed it, or 0
  int status = 0;      // that it exited with
  std::string output;  // its standard error
};

/// Forks, and calls `body` in the child, whose exit status is what it returns. A child that hangs
/// is killed by SIGALRM. Assertions of Catch2 have no place in `body`.
[[nodiscard]] Ending in_child(const std::function<int()>& body);

}  // namespace linux_aio::testing
