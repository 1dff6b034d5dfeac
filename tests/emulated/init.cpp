// The first process of an emulated machine: loads the modules of the disk, mounts it, runs the
// suites that lie there, tells on the console what came of each, and switches the machine off.
//
// What is said in lines that begin with "@@ " is for guest.py to read; the rest is the suites'.
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* disk = "/dev/vda";

void complain(const std::string& what) {
  std::printf("@@ problem %s: %s\n", what.c_str(), std::strerror(errno));
}

void mount_at(const char* source, const char* place, const char* type) {
  ::mkdir(place, 0777);
  // The kernel may have mounted /dev itself.
  if (::mount(source, place, type, 0, nullptr) != 0 && errno != EBUSY) complain(place);
}

std::vector<std::string> files_in(const char* folder) {
  std::vector<std::string> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

void load_modules() {
  for (const std::string& file : files_in("/modules")) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    // Refused: what this machine has not, and what is there.
    if (::syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST && errno != ENODEV) {
      complain(file);
    }
    ::close(fd);
  }
}

bool disk_appears() {
  for (const auto end = Clock::now() + 30s; Clock::now() < end; std::this_thread::sleep_for(50ms)) {
    if (::access(disk, R_OK | W_OK) == 0) return true;
  }
  return false;
}

[[noreturn]] void become(const std::string& suite, int output) {
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::setenv("TEST_TMPDIR", "/disk/tmp", 1);
  ::chdir("/disk/tmp");
  ::execl(suite.c_str(), suite.c_str(), nullptr);
  complain(suite);
  ::_exit(127);
}

// Copies what the suite says until it ends, or its time does. Returns its status, or -1.
int follow(pid_t child, int output, Clock::time_point end) {
  std::array<char, 4096> part{};
  int status = -1;
  for (bool runs = true; runs && Clock::now() < end;) {
    runs = ::waitpid(child, &status, WNOHANG) == 0;
    ::pollfd readable{.fd = output, .events = POLLIN, .revents = 0};
    // What it left behind may keep the pipe open, so its end is no sign.
    while (::poll(&readable, 1, runs ? 20 : 0) > 0) {
      const ssize_t count = ::read(output, part.data(), part.size());
      if (count <= 0) break;
      std::fwrite(part.data(), 1, static_cast<std::size_t>(count), stdout);
    }
    if (!runs) return status;
  }
  return -1;
}

void run_suite(const std::string& suite, std::chrono::seconds limit) {
  std::printf("@@ begin %s\n", suite.c_str());
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return complain("pipe2");
  const auto begin = Clock::now();
  const pid_t child = ::fork();
  if (child < 0) return complain("fork");
  if (child == 0) become(suite, ends[1]);
  ::close(ends[1]);
  const int status = follow(child, ends[0], begin + limit);
  ::kill(-1, SIGKILL);  // it, or what it left behind
  while (::wait(nullptr) > 0) continue;
  ::close(ends[0]);
  const std::chrono::duration<double> time = Clock::now() - begin;
  const char* how = status < 0 ? "timeout" : WIFSIGNALED(status) ? "signal" : "exit";
  const int number = status < 0 ? 0 : WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  std::printf("\n@@ end %s %d %.1f\n", how, number, time.count());
}

void loopback_up() {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ::ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(fd, SIOCSIFFLAGS, &request) != 0) complain("lo");
  ::close(fd);
}

void introduce() {
  struct ::utsname name{};
  ::uname(&name);
  std::printf("@@ kernel %s %ld\n", name.release, ::sysconf(_SC_PAGESIZE));
}

}  // namespace

// The kernel gives init what it does not know of its command line, as the environment.
int main() {
  // As /bin/sleep, which a test becomes.
  if (::getpid() != 1) return ::pause();
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  ::signal(SIGPIPE, SIG_IGN);
  mount_at("none", "/proc", "proc");
  mount_at("none", "/sys", "sysfs");
  mount_at("none", "/dev", "devtmpfs");
  mount_at("none", "/dev/pts", "devpts");
  mount_at("none", "/dev/shm", "tmpfs");
  mount_at("none", "/tmp", "tmpfs");
  introduce();
  loopback_up();
  load_modules();
  if (!disk_appears()) complain(disk);
  mount_at(disk, "/disk", "ext4");
  ::mkdir("/disk/tmp", 0777);
  const char* const limit = std::getenv("suite_limit");
  for (const std::string& suite : files_in("/disk/suites")) {
    run_suite(suite, std::chrono::seconds(limit != nullptr ? std::atoi(limit) : 300));
  }
  std::printf("@@ done\n");
  ::sync();
  ::reboot(RB_POWER_OFF);
}
