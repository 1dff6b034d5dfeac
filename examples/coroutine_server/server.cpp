#include "examples/coroutine_server/server.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "examples/support/command_line.hpp"
#include "examples/support/open.hpp"

namespace coroutine_server {

namespace aio = linux_aio;

std::size_t Server::run(aio::File listener, const ::sigset_t& signals,
                        const volatile std::sig_atomic_t& stop, std::chrono::seconds grace) {
  const auto remove_done = [this] {
    std::erase_if(clients_, [](const Task<Outcome>& client) { return client.done(); });
  };
  {
    auto accepted = accept(listener);
    while (stop == 0) {
      const auto waited = context_.wait(1, aio::Context::Clock::time_point::max(), signals);
      if (!waited && waited.error().code() != EINTR) support::value_or_die(waited, "waiting");
      remove_done();
      while (accepted.done() && clients_.size() < most_clients) {
        if (auto socket = accepted.take()) clients_.push_back(serve(std::move(*socket)));
        accepted = accept(listener);
      }
    }
  }  // cancels the poll of the listener
  support::value_or_die(std::move(listener).close(), "the socket");
  const auto deadline = aio::Context::Clock::now() + grace;
  for (remove_done(); !clients_.empty() && aio::Context::Clock::now() < deadline; remove_done()) {
    support::value_or_die(context_.wait(1, deadline), "waiting");
  }
  const std::size_t cut_off = clients_.size();
  clients_.clear();  // destroys the coroutines; the context keeps what the kernel still uses
  return cut_off;
}

Task<aio::Result<aio::PollEvents>> Server::ready(aio::BorrowedFd file, aio::PollEvents events) {
  const auto done = co_await context_.async(aio::poll(file, events));
  co_return done.result;
}

Task<std::optional<aio::File>> Server::accept(aio::BorrowedFd listener) {
  const auto there = co_await ready(listener, aio::PollEvent::in);
  if (!there) support::die("the socket: " + there.error().message());
  const int socket = ::accept4(listener.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket < 0) co_return std::nullopt;  // the client is away again
  co_return aio::File(socket);
}

Task<Server::Outcome> Server::serve(aio::File socket) {
  std::string name = co_await receive_line(socket);
  if (name.empty() || name.find('/') != std::string::npos || name.starts_with('.')) {
    co_return co_await send_text(socket, "ERROR this is no name of a file\n");
  }
  co_return co_await send_file(socket, std::move(name));
}

// Reads a block while the one before it is sent.
Task<Server::Outcome> Server::send_file(aio::BorrowedFd socket, std::string name) {
  const auto opened = support::open(folder_ + "/" + name, aio::Access::read_only, block_size);
  if (!opened) {
    co_return co_await send_text(
        socket, std::string("ERROR ") + std::strerror(opened.error().code()) + "\n");
  }
  const std::uint64_t size = opened->file.size().value_or(0);
  Task<Block> next = read(opened->file, 0);
  if (co_await send_text(socket, "OK " + std::to_string(size) + "\n") == Outcome::closed) {
    // Its buffer is to be back before another client gets the place of this one.
    static_cast<void>(co_await next);
    co_return Outcome::closed;
  }
  for (std::uint64_t offset = 0; offset < size;) {
    Block block = co_await next;
    if (block.length == 0) co_return Outcome::closed;  // it has become shorter: so is the answer
    offset += block.length;
    if (offset < size) next = read(opened->file, offset);
    if (co_await send(socket, std::move(block)) == Outcome::closed) {
      if (offset < size) static_cast<void>(co_await next);
      co_return Outcome::closed;
    }
  }
  co_return Outcome::served;
}

Task<std::string> Server::receive_line(aio::BorrowedFd socket) {
  constexpr std::size_t longest = 255;
  std::string line;
  auto buffer = std::move(*buffers_.acquire());
  while (line.size() <= longest) {
    if (!co_await ready(socket, aio::PollEvent::in)) break;
    auto done = co_await context_.async(aio::read(socket).into(std::move(buffer)));
    if (!done.result || *done.result == 0) break;
    for (const std::byte byte : done.bytes()) {
      if (byte == std::byte{'\n'}) co_return line;
      line += static_cast<char>(byte);
    }
    buffer = std::move(done.buffer);
  }
  co_return std::string();
}

Task<Server::Block> Server::read(aio::BorrowedFd file, std::uint64_t offset) {
  // Each client has one that is read into and one that is sent, and there are as many.
  auto buffer = std::move(*buffers_.acquire());
  auto done = co_await context_.async(aio::read(file).into(std::move(buffer)).at(offset));
  co_return Block{std::move(done.buffer), done.result.value_or(0)};
}

Task<Server::Outcome> Server::send(aio::BorrowedFd socket, Block block) {
  for (std::size_t sent = 0; sent < block.length;) {
    auto done = co_await context_.async(
        aio::write(socket).from(std::move(block.buffer)).slice(sent, block.length - sent));
    block.buffer = std::move(done.buffer);
    if (done.result) {
      sent += *done.result;
    } else if (done.result.error().code() != EAGAIN ||
               !co_await ready(socket, aio::PollEvent::out)) {
      co_return Outcome::closed;
    }
  }
  co_return Outcome::served;
}

Task<Server::Outcome> Server::send_text(aio::BorrowedFd socket, std::string text) {
  Block block{std::move(*buffers_.acquire()), text.size()};
  std::memcpy(block.buffer.bytes().data(), text.data(), text.size());
  co_return co_await send(socket, std::move(block));
}

}  // namespace coroutine_server
