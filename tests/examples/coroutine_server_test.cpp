// examples/coroutine_server: many clients at once, slow ones among them, and its end.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <csignal>
#include <cstring>
#include <linux_aio/file.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"

namespace {

using examples_test::Ending;
using examples_test::Folder;
using examples_test::Program;

// A server of the files in a folder, whose socket lies in another.
class Server {
 public:
  explicit Server(const Folder& files, const std::vector<std::string>& options = {}) {
    // NOLINTNEXTLINE(misc-const-correctness): clang-tidy 19 does not see that it is changed
    std::vector<std::string> arguments(options);
    for (const std::string& each : {std::string("serve"), files.path(), std::string("socket")}) {
      arguments.push_back(each);
    }
    server_ = std::make_unique<Program>(arguments, examples_test::Start{.folder = folder_.path()});
    while (::access(socket().c_str(), F_OK) != 0) ::usleep(1000);
    // It is bound; now it may listen.
    while (!listens()) ::usleep(1000);
  }

  [[nodiscard]] std::string socket() const { return folder_ / "socket"; }

  [[nodiscard]] linux_aio::File connect() const {
    const int socket = connect_once();
    REQUIRE(socket >= 0);
    return linux_aio::File(socket);
  }

  [[nodiscard]] std::unique_ptr<Program> get(const std::string& name) const {
    return std::make_unique<Program>(std::vector<std::string>{"get", "socket", name},
                                     examples_test::Start{.folder = folder_.path()});
  }

  [[nodiscard]] Ending stop(int signal = SIGTERM) {
    server_->send(signal);
    return server_->wait();
  }

 private:
  [[nodiscard]] bool listens() const {
    const int socket = connect_once();
    if (socket >= 0) ::close(socket);
    return socket >= 0;
  }

  // Relative names are short enough for a socket whatever the folder is.
  [[nodiscard]] int connect_once() const {
    const std::string way = "/proc/self/fd/" + std::to_string(directory_.number()) + "/socket";
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, way.data(), way.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(socket >= 0);
    if (::connect(socket, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) == 0) {
      return socket;
    }
    ::close(socket);
    return -1;
  }

  Folder folder_;
  linux_aio::File directory_ =
      *linux_aio::File::open(folder_.path().c_str(), linux_aio::Access::read_only);
  std::unique_ptr<Program> server_;
};

void ask(const linux_aio::File& socket, const std::string& text) {
  REQUIRE(::write(socket.number(), text.data(), text.size()) ==
          static_cast<::ssize_t>(text.size()));
}

std::string rest_of(const linux_aio::File& socket) {
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const ::ssize_t got = ::read(socket.number(), part.data(), part.size());
    REQUIRE(got >= 0);
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

TEST_CASE("files of all sizes arrive whole, at many clients at once") {
  const Folder files;
  const std::vector<std::size_t> sizes = {0, 1, 65535, 65536, 65537, 131072, 3'000'001};
  std::vector<std::string> contents;
  for (const std::size_t size : sizes) {
    contents.push_back(examples_test::pattern(size));
    examples_test::write_file(files / std::to_string(size), contents.back());
  }
  Server server(files);
  std::vector<std::unique_ptr<Program>> clients;
  for (int round = 0; round < 5; ++round) {
    for (const std::size_t size : sizes) clients.push_back(server.get(std::to_string(size)));
  }
  for (std::size_t client = 0; client < clients.size(); ++client) {
    const Ending ending = clients[client]->wait();
    CAPTURE(client, ending.errors);
    CHECK(ending.exit_status == 0);
    CHECK((ending.output == contents[client % contents.size()]));
  }
  const Ending ending = server.stop();
  CHECK(ending.errors.empty());
  CHECK(ending.exit_status == 0);
  CHECK(::access(server.socket().c_str(), F_OK) != 0);
}

TEST_CASE("clients that do not read, and clients that say nothing, hold nobody up") {
  const Folder files;
  const std::string content = examples_test::pattern(1'000'000);
  examples_test::write_file(files / "file", content);
  Server server(files);
  std::vector<linux_aio::File> slow;
  for (int count = 0; count < 20; ++count) {
    slow.push_back(server.connect());
    if (count % 2 == 0) ask(slow.back(), "file\n");
  }
  CHECK((server.get("file")->wait().output == content));
  for (std::size_t client = 0; client < slow.size(); client += 2) {
    CHECK((rest_of(slow[client]) == "OK 1000000\n" + content));
  }
  slow.clear();
  CHECK(server.stop(SIGINT).exit_status == 0);
}

TEST_CASE("more clients than the server takes wait for their turn") {
  const Folder files;
  examples_test::write_file(files / "file", "content");
  Server server(files);
  std::vector<linux_aio::File> sockets;
  sockets.reserve(50);
  for (int count = 0; count < 50; ++count) sockets.push_back(server.connect());
  for (const auto& socket : sockets) ask(socket, "file\n");
  for (const auto& socket : sockets) CHECK(rest_of(socket) == "OK 7\ncontent");
  CHECK(server.stop().exit_status == 0);
}

TEST_CASE("clients that hang up early take no buffer from those that come after them") {
  const Folder files;
  examples_test::write_file(files / "file", examples_test::pattern(4'000'000));
  // NOLINTNEXTLINE(misc-const-correctness): clang-tidy 19 does not see that it is changed
  Server server(files);
  for (int round = 0; round < 30; ++round) {
    std::vector<linux_aio::File> clients;
    for (int count = 0; count < 32; ++count) {  // all that the server takes
      clients.push_back(server.connect());
      ask(clients.back(), "file\n");
    }
    std::array<char, 100> part{};
    for (const linux_aio::File& client : clients) {
      CHECK(::read(client.number(), part.data(), part.size()) > 0);
    }
  }
  CHECK(server.stop().exit_status == 0);
}

TEST_CASE("a client that is being served when the server stops gets the rest") {
  const Folder files;
  const std::string content = examples_test::pattern(3'000'000);
  examples_test::write_file(files / "file", content);
  Server server(files);
  const linux_aio::File socket = server.connect();
  ask(socket, "file\n");
  std::array<char, 3> begin{};
  REQUIRE(::read(socket.number(), begin.data(), begin.size()) == 3);
  std::string rest;
  std::thread reader([&] { rest = rest_of(socket); });
  const Ending ending = server.stop();
  reader.join();
  CHECK(ending.exit_status == 0);
  CHECK((rest == "3000000\n" + content));
}

TEST_CASE("a client that does not go on is cut off after the grace period") {
  const Folder files;
  examples_test::write_file(files / "file", examples_test::pattern(3'000'000));
  Server server(files, {"--grace=1"});
  const linux_aio::File socket = server.connect();
  ask(socket, "file\n");
  std::array<char, 3> begin{};
  REQUIRE(::read(socket.number(), begin.data(), begin.size()) == 3);
  const Ending ending = server.stop();
  CHECK(ending.exit_status == 1);
  CHECK(ending.errors == "coroutine_server: 1 clients were cut off\n");
}

TEST_CASE("names that are none are refused, and so is what is not there") {
  const Folder files;
  Server server(files);
  CHECK(server.get("none")->wait().errors == "coroutine_server: ERROR No such file or directory\n");
  for (const char* const name : {"", ".", "..", "../file", "/etc/passwd"}) {
    const Ending ending = server.get(name)->wait();
    CHECK(ending.exit_status == 1);
    CHECK(ending.errors == "coroutine_server: ERROR this is no name of a file\n");
  }
  CHECK(server.stop().exit_status == 0);
}
