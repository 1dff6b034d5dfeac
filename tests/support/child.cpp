#include "tests/support/child.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace linux_aio::testing {

Ending in_child(const std::function<int()>& body) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    // Catch2 would report the child's death as the test's.
    for (const int signal : {SIGABRT, SIGSEGV, SIGALRM}) std::signal(signal, SIG_DFL);
    const struct ::rlimit no_core{};
    ::setrlimit(RLIMIT_CORE, &no_core);
    // Nor may exit() take away what Catch2 still uses.
    ::on_exit([](int status, void*) { ::_exit(status); }, nullptr);
    ::alarm(60);
    ::_exit(body());
  }
  ::close(ends[1]);
  Ending ending;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t count = ::read(ends[0], part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    ending.output.append(part.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) REQUIRE(errno == EINTR);
  if (WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
  if (WIFEXITED(status)) ending.status = WEXITSTATUS(status);
  return ending;
}

int first_wrong(std::initializer_list<bool> all) {
  int number = 1;
  for (const bool each : all) {
    if (!each) return number;
    ++number;
  }
  return 0;
}

}  // namespace linux_aio::testing
