// coroutine_server: serves files over a Unix socket, all clients in one thread; and gets one.
//
// server.cpp is the part to read first: it is where linux_aio is used.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>

#include "examples/coroutine_server/server.hpp"
#include "examples/support/command_line.hpp"

namespace {

namespace aio = linux_aio;
using coroutine_server::Server;

constexpr const char* help = R"(Usage: coroutine_server serve [--grace N] FOLDER SOCKET
       coroutine_server get SOCKET NAME

serve: serves the files of FOLDER to the clients of the Unix socket SOCKET, which
it makes, 32 at once, until SIGINT (Ctrl-C) or SIGTERM. Clients that there are
then have N seconds (default 5) to get the rest of theirs.

get: prints the file NAME from the server at SOCKET.

  -h, --help  show this help
)";

struct Address {
  ::sockaddr_un name{};

  explicit Address(const std::string& path) {
    name.sun_family = AF_UNIX;
    if (path.size() >= sizeof name.sun_path) support::die("the name of the socket is too long");
    std::memcpy(name.sun_path, path.data(), path.size());
  }
  [[nodiscard]] const ::sockaddr* generic() const {
    return reinterpret_cast<const ::sockaddr*>(&name);
  }
};

[[noreturn]] void die_of_errno(const std::string& about) {
  support::die(about + ": " + std::strerror(errno));
}

aio::File make_socket(int flags) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (descriptor < 0) die_of_errno("socket");
  return aio::File(descriptor);
}

// NOLINTNEXTLINE(*-non-const-global-variables): a signal handler has no other way to tell
volatile std::sig_atomic_t stop = 0;

// From now on SIGINT and SIGTERM set `stop`, but only while the mask that this returns is that of
// the thread: so none is missed. (A signalfd is no way: the kernel does not wake its AIO polls.)
::sigset_t catch_signals() {
  struct ::sigaction action{};
  action.sa_handler = [](int) { stop = 1; };
  ::sigset_t signals{};
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) {
    ::sigaddset(&signals, signal);
    ::sigaction(signal, &action, nullptr);
  }
  ::sigset_t before{};
  ::sigprocmask(SIG_BLOCK, &signals, &before);
  std::signal(SIGPIPE, SIG_IGN);
  return before;
}

void serve(const std::string& folder, const std::string& path, std::chrono::seconds grace) {
  constexpr std::size_t buffers = Server::most_clients * Server::buffers_per_client;
  auto context = support::value_or_die(aio::Context::create({.capacity = buffers + 1}), "AIO");
  auto pool = support::value_or_die(
      aio::BufferPool::create({.count = buffers, .size = Server::block_size}), "memory");
  const ::sigset_t signals = catch_signals();
  const Address address(path);
  aio::File listener = make_socket(SOCK_NONBLOCK);
  if (::bind(listener.number(), address.generic(), sizeof address.name) != 0) die_of_errno(path);
  if (::listen(listener.number(), SOMAXCONN) != 0) die_of_errno(path);
  std::printf("serving %s at %s\n", folder.c_str(), path.c_str());
  std::fflush(stdout);
  const std::size_t cut_off =
      Server(context, pool, folder).run(std::move(listener), signals, stop, grace);
  ::unlink(path.c_str());
  support::value_or_die(context.close(), "closing");
  if (cut_off != 0) support::die(std::to_string(cut_off) + " clients were cut off");
}

// Reads until the end, or a newline if there is one to stop at.
std::string receive(const aio::File& socket, bool line) {
  std::string text;
  std::array<char, 65536> part{};
  while (!line || !text.ends_with('\n')) {
    const ::ssize_t got = ::read(socket.number(), part.data(), line ? 1 : part.size());
    if (got < 0) die_of_errno("the server");
    if (got == 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return text;
}

void get(const std::string& path, const std::string& name) {
  const aio::File socket = make_socket(0);
  const Address address(path);
  if (::connect(socket.number(), address.generic(), sizeof address.name) != 0) die_of_errno(path);
  const std::string question = name + "\n";
  if (::send(socket.number(), question.data(), question.size(), MSG_NOSIGNAL) < 0) {
    die_of_errno(path);
  }
  const std::string head = receive(socket, true);
  if (!head.starts_with("OK "))
    support::die(head.empty() ? "no answer" : head.substr(0, head.size() - 1));
  const std::string content = receive(socket, false);
  std::fwrite(content.data(), 1, content.size(), stdout);
  if (std::to_string(content.size()) + "\n" != head.substr(3)) support::die("the file was cut off");
}

}  // namespace

int main(int argc, char** argv) {
  support::CommandLine arguments(argc, argv, "coroutine_server", help);
  const std::chrono::seconds grace(arguments.number("--grace", 5, 3600));
  const std::vector<std::string> operands = arguments.operands(3, 3);
  if (operands[0] == "serve") {
    serve(operands[1], operands[2], grace);
  } else if (operands[0] == "get") {
    get(operands[1], operands[2]);
  } else {
    support::die("'" + operands[0] + "' is neither serve nor get");
  }
  return 0;
}
