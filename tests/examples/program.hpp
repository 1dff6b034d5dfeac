// Runs an example as its user does: the program that the variable PROGRAM names.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace examples_test {

/// How a program ended.
struct Ending {
  int exit_status = -1;  // if it exited
  int signal = 0;        // if a signal ended it
  std::string output;    // what it printed on standard output,
  std::string errors;    // and on standard error
  // Bytes that went through read(2), write(2) and their like, which io_submit() is not among.
  // Nothing if the kernel does not count them.
  std::optional<std::uint64_t> transferred;
};

/// How a program is started.
struct Start {
  std::function<void()> in_child = [] {};  // before it becomes the program
  std::string folder = ".";                // where it starts
  std::string input = "/dev/null";         // the file that is its standard input
  std::string environment = "TERM=xterm";  // all of it: one variable
  bool on_terminal = false;                // its standard output is a new terminal
};

/// Whether this machine has pseudo-terminals for Start::on_terminal: a bare chroot has none.
[[nodiscard]] bool has_terminals();

/// Whether a program starts under limit_file_size(): ThreadSanitizer writes a larger file then.
[[nodiscard]] constexpr bool can_limit_file_size() {
#if defined(__SANITIZE_THREAD__)
  return false;
#elif defined(__has_feature)
  return !__has_feature(thread_sanitizer);
#else
  return true;
#endif
}

/// For Start::in_child: no file may be written beyond `size` bytes.
[[nodiscard]] std::function<void()> limit_file_size(std::size_t size);

/// A program that runs.
class Program {
 public:
  explicit Program(const std::vector<std::string>& arguments, const Start& start = {});
  Program(const Program&) = delete;
  Program(Program&&) = delete;
  Program& operator=(const Program&) = delete;
  Program& operator=(Program&&) = delete;
  ~Program();

  void send(int signal) const;

  /// Lets it run until `condition` holds, and returns when it stands still. false: it has ended
  /// before.
  [[nodiscard]] bool pause_when(const std::function<bool()>& condition);
  void resume() const;

  /// Waits until it has printed `size` more bytes on standard output, and takes them; fewer if it
  /// ends.
  [[nodiscard]] std::string read_output(std::size_t size);

  /// Waits for its end.
  [[nodiscard]] Ending wait();

 private:
  ::pid_t child_ = -1;
  int output_ = -1;
  int errors_ = -1;
};

/// Runs the program from start to end.
[[nodiscard]] Ending run(const std::vector<std::string>& arguments, const Start& start = {});

/// What happens to a program that is under way.
struct Incident {
  std::function<bool()> when;                // it stands still once this holds
  std::function<void(const Program&)> what;  // and goes on after this
};

/// The same with an incident; throws if it ends before.
[[nodiscard]] Ending run_with(const Incident& incident, const std::vector<std::string>& arguments,
                              const Start& start = {});

/// The arguments of a copy from `from` to `to` that takes its time: a sector after the other.
[[nodiscard]] std::vector<std::string> slow_copy(const std::string& from, const std::string& to);

}  // namespace examples_test
