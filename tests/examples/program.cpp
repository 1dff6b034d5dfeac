#include "tests/examples/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace examples_test {
namespace {

// Where the program runs decides what a relative path means, so its own is made absolute.
std::string program_path() {
  const char* const given = std::getenv("PROGRAM");
  if (given == nullptr) throw std::runtime_error("PROGRAM must name the program to test");
  return std::filesystem::canonical(given).string();
}

// Both ends of a new terminal of 100 columns, or of a pipe: what to read from, what to write to.
std::array<int, 2> new_channel(bool terminal) {
  std::array<int, 2> ends{};
  if (!terminal) {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return ends;
  }
  ends[0] = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ends[0] < 0 || ::grantpt(ends[0]) != 0 || ::unlockpt(ends[0]) != 0) {
    throw std::runtime_error("no terminal");
  }
  std::array<char, 64> name{};
  if (::ptsname_r(ends[0], name.data(), name.size()) != 0) throw std::runtime_error("no terminal");
  ends[1] = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  const struct ::winsize size{.ws_row = 24, .ws_col = 100, .ws_xpixel = 0, .ws_ypixel = 0};
  if (ends[1] < 0 || ::ioctl(ends[1], TIOCSWINSZ, &size) != 0) {
    throw std::runtime_error("no terminal");
  }
  return ends;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Reads until the program has closed both; a terminal then reports EIO.
void collect(int output, int errors, Ending& ending) {
  std::array<::pollfd, 2> sources{{{output, POLLIN, 0}, {errors, POLLIN, 0}}};
  const std::array<std::string*, 2> texts{&ending.output, &ending.errors};
  while (sources[0].fd >= 0 || sources[1].fd >= 0) {
    if (::poll(sources.data(), sources.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      ::pollfd& source = sources.at(i);
      if (source.fd < 0 || source.revents == 0) continue;
      std::array<char, 4096> bytes{};
      const ::ssize_t got = ::read(source.fd, bytes.data(), bytes.size());
      if (got > 0) {
        texts.at(i)->append(bytes.data(), static_cast<std::size_t>(got));
      } else {
        source.fd = -1;
      }
    }
  }
}

// rchar and wchar, proc_pid_io(5).
std::optional<std::uint64_t> transferred_by(::pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/io");
  std::string name;
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  if (!(file >> name >> read >> name >> written)) return std::nullopt;
  return read + written;
}

}  // namespace

bool has_terminals() {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return false;
  std::array<char, 64> name{};
  const bool has = ::ptsname_r(terminal, name.data(), name.size()) == 0 &&
                   ::access(name.data(), R_OK | W_OK) == 0;
  ::close(terminal);
  return has;
}

std::function<void()> limit_file_size(std::size_t size) {
  return [size] {
    const struct ::rlimit limit{.rlim_cur = size, .rlim_max = size};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(125);
  };
}

Program::Program(const std::vector<std::string>& arguments, const Start& start) {
  const std::array<int, 2> output = new_channel(start.on_terminal);
  const std::array<int, 2> errors = new_channel(false);
  std::vector<std::string> words = {program_path()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = {start.environment};
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> envp = pointers(variables);

  // NOLINTNEXTLINE(cppcoreguidelines-prefer-member-initializer): the rest is prepared before
  child_ = ::fork();
  if (child_ == 0) {
    ::dup2(::open(start.input.c_str(), O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(errors[1], STDERR_FILENO);
    // A test runner may have these ignored, which the program would respect.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
    if (::chdir(start.folder.c_str()) != 0) ::_exit(126);
    start.in_child();
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(output[1]);
  ::close(errors[1]);
  output_ = output[0];
  errors_ = errors[0];
}

Program::~Program() {
  if (child_ > 0) {
    send(SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  ::close(output_);
  ::close(errors_);
}

void Program::send(int signal) const { ::kill(child_, signal); }

bool Program::pause_when(const std::function<bool()>& condition) {
  for (;;) {
    send(SIGSTOP);
    ::siginfo_t state{};
    ::waitid(P_PID, static_cast<::id_t>(child_), &state, WSTOPPED | WEXITED | WNOWAIT);
    if (state.si_code != CLD_STOPPED) return false;
    if (condition()) return true;
    resume();
    ::usleep(1000);
  }
}

void Program::resume() const { send(SIGCONT); }

std::string Program::read_output(std::size_t size) {
  std::string text(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ::ssize_t got = ::read(output_, text.data() + done, size - done);
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return text;
}

Ending Program::wait() {
  Ending ending;
  collect(output_, errors_, ending);
  // It has ended, but its numbers are there until it is waited for without WNOWAIT.
  ::siginfo_t state{};
  ::waitid(P_PID, static_cast<::id_t>(child_), &state, WEXITED | WNOWAIT);
  ending.transferred = transferred_by(child_);
  int status = 0;
  ::waitpid(child_, &status, 0);
  child_ = -1;
  if (WIFEXITED(status)) ending.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
  return ending;
}

Ending run(const std::vector<std::string>& arguments, const Start& start) {
  return Program(arguments, start).wait();
}

Ending run_with(const Incident& incident, const std::vector<std::string>& arguments,
                const Start& start) {
  Program program(arguments, start);
  if (!program.pause_when(incident.when)) {
    throw std::runtime_error("the program ended too early: " + program.wait().errors);
  }
  incident.what(program);
  program.resume();
  return program.wait();
}

std::vector<std::string> slow_copy(const std::string& from, const std::string& to) {
  return {"--depth=1", "--block-size=512", from, to};
}

}  // namespace examples_test
