// What happens in a child process: death, forking, and what it says.
#pragma once

#include <functional>
#include <initializer_list>
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

/// What such a child may return: 0 if all are true, or else the number of the first that is not.
[[nodiscard]] int first_wrong(std::initializer_list<bool> all);

}  // namespace linux_aio::testing
