// Which files take RWF_NOWAIT. One that does not refuses it at submission, with EOPNOTSUPP; one
// that does never blocks io_submit, and says EAGAIN as the result. Measured on Linux 6.18; where
// another kernel takes it for more files or for fewer, that is skipped and said.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <linux_aio/raw.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/alarm.hpp"
#include "tests/support/descriptor.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Alarm;
using linux_aio::testing::Descriptor;
using linux_aio::testing::RawContext;
using linux_aio::testing::skip;
using linux_aio::testing::temporary_folder;

enum class Answer : std::uint8_t { refused, would_block, transferred };

struct Stream {
  std::string name;
  Answer when_blocked;  // would_block, or refused if it takes no RWF_NOWAIT
  Descriptor reader;
  Descriptor writer;
};

using Ends = std::array<int, 2>;

Stream make_stream(std::string name, Answer when_blocked, Ends ends) {
  return {std::move(name), when_blocked, Descriptor(ends[0]), Descriptor(ends[1])};
}

Ends pipe_ends() {
  Ends ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  return ends;
}

Ends fifo_ends() {
  const std::string path = temporary_folder() + "/fifo_" + std::to_string(::getpid());
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const int writer = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(::fcntl(reader, F_SETFL, 0) == 0);
  ::unlink(path.c_str());
  return {reader, writer};
}

Ends socket_ends(int type) {
  Ends ends{};
  REQUIRE(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) == 0);
  return ends;
}

Ends tcp_ends() {
  const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<::sockaddr*>(&address);
  REQUIRE(::bind(listener.fd(), generic, length) == 0);
  REQUIRE(::listen(listener.fd(), 1) == 0);
  REQUIRE(::getsockname(listener.fd(), generic, &length) == 0);
  const int writer = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(writer >= 0);
  REQUIRE(::connect(writer, generic, length) == 0);
  return {::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC), writer};
}

// The master's writes are what the terminal reads.
Ends terminal_ends() {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(::grantpt(master) == 0);
  REQUIRE(::unlockpt(master) == 0);
  std::array<char, 64> path{};
  REQUIRE(::ptsname_r(master, path.data(), path.size()) == 0);
  return {::open(path.data(), O_RDWR | O_NOCTTY | O_CLOEXEC), master};
}

std::vector<Stream> all_streams() {
  std::vector<Stream> all;
  all.push_back(make_stream("pipe", Answer::would_block, pipe_ends()));
  all.push_back(make_stream("named FIFO", Answer::refused, fifo_ends()));
  all.push_back(make_stream("unix stream", Answer::would_block, socket_ends(SOCK_STREAM)));
  all.push_back(make_stream("unix datagram", Answer::would_block, socket_ends(SOCK_DGRAM)));
  all.push_back(make_stream("unix seqpacket", Answer::would_block, socket_ends(SOCK_SEQPACKET)));
  all.push_back(make_stream("TCP", Answer::would_block, tcp_ends()));
  all.push_back(make_stream("terminal", Answer::refused, terminal_ends()));
  return all;
}

Answer answer_to(raw::iocb request) {
  const RawContext context;
  const Alarm alarm;  // would end a submission that blocks, with the result EINTR
  raw::set_rw_flags(request, raw::rwf_nowait);
  const long submitted = context.submit({&request});
  if (submitted == -EOPNOTSUPP) return Answer::refused;
  REQUIRE(submitted == 1);
  const std::int64_t result = context.next_event().res;
  if (result == -EAGAIN) return Answer::would_block;
  REQUIRE(result >= 0);
  return Answer::transferred;
}

Answer read_nowait(int fd) {
  std::array<std::byte, 128> memory{};
  raw::iocb request{};
  raw::prep_pread(request, fd, memory.data(), memory.size(), 0);
  return answer_to(request);
}

Answer write_nowait(int fd) {
  const std::array<std::byte, 8> memory{};
  raw::iocb request{};
  raw::prep_pwrite(request, fd, memory.data(), memory.size(), 0);
  return answer_to(request);
}

// A kernel may take RWF_NOWAIT or not; if it does, it must answer so.
void check(const std::string& name, Answer answer, bool takes, Answer if_taken) {
  INFO(name);
  if (answer != Answer::refused) REQUIRE(answer == if_taken);
  if (takes == (answer != Answer::refused)) return;
  skip(name + ": this kernel " + (takes ? "refuses" : "takes") +
       " RWF_NOWAIT, which Linux 6.18 does not");
}

bool takes(const Stream& stream) { return stream.when_blocked == Answer::would_block; }

void fill(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  REQUIRE(::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0);
  const std::array<char, 4096> memory{};
  for (const std::size_t size : {memory.size(), std::size_t{1}}) {
    while (::write(fd, memory.data(), size) > 0) continue;
    REQUIRE(errno == EAGAIN);
  }
  REQUIRE(::fcntl(fd, F_SETFL, flags) == 0);
}

}  // namespace

TEST_CASE("pipes and sockets read with RWF_NOWAIT: empty is EAGAIN; FIFO and terminal refuse it") {
  for (const Stream& stream : all_streams()) {
    check(stream.name, read_nowait(stream.reader.fd()), takes(stream), Answer::would_block);
    REQUIRE(::write(stream.writer.fd(), "line\n", 5) == 5);
    check(stream.name, read_nowait(stream.reader.fd()), takes(stream), Answer::transferred);
  }
}

TEST_CASE("pipes and sockets write with RWF_NOWAIT: full is EAGAIN; FIFO and terminal refuse it") {
  for (const Stream& stream : all_streams()) {
    check(stream.name, write_nowait(stream.writer.fd()), takes(stream), Answer::transferred);
    if (!takes(stream)) continue;
    // TCP goes on to send what was written, which makes room once more.
    Answer full = Answer::transferred;
    for (int attempt = 0; attempt < 1000 && full == Answer::transferred; ++attempt) {
      fill(stream.writer.fd());
      full = write_nowait(stream.writer.fd());
    }
    check(stream.name, full, true, Answer::would_block);
  }
}

TEST_CASE("UDP, eventfd, timerfd and signalfd read with RWF_NOWAIT: empty is EAGAIN") {
  ::sigset_t signals{};
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGUSR1);
  std::vector<std::pair<std::string, Descriptor>> all;
  all.emplace_back("UDP", Descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)));
  all.emplace_back("eventfd", Descriptor(::eventfd(0, EFD_CLOEXEC)));
  all.emplace_back("timerfd", Descriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)));
  all.emplace_back("signalfd", Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC)));
  for (const auto& [name, file] : all) {
    check(name, read_nowait(file.fd()), true, Answer::would_block);
  }
}

TEST_CASE("an eventfd cannot be written to, with RWF_NOWAIT or without") {
  const RawContext context;
  const Descriptor file(::eventfd(0, EFD_CLOEXEC));
  const std::uint64_t one = 1;
  raw::iocb request{};
  raw::prep_pwrite(request, file.fd(), &one, sizeof one, 0);
  REQUIRE(context.submit({&request}) == -EINVAL);
  raw::set_rw_flags(request, raw::rwf_nowait);
  REQUIRE(context.submit({&request}) == -EINVAL);
}

TEST_CASE("/dev/null, zero and urandom take RWF_NOWAIT, /dev/full and files in /proc/sys do not") {
  for (const auto& [path, taken] :
       {std::pair("/dev/null", true), std::pair("/dev/zero", true), std::pair("/dev/urandom", true),
        std::pair("/dev/full", false), std::pair("/proc/sys/fs/aio-nr", false)}) {
    const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
    check(path, read_nowait(file.fd()), taken, Answer::transferred);
  }
  for (const char* path : {"/dev/null", "/dev/zero"}) {
    const Descriptor file(::open(path, O_WRONLY | O_CLOEXEC));
    check(path, write_nowait(file.fd()), true, Answer::transferred);
  }
}
