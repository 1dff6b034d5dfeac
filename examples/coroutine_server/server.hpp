// Serves the files of a folder to the clients of a Unix socket: a coroutine for each client, all in
// one thread, which waits in one place for files, sockets and signals alike.
//
// A client sends the name of a file and a newline. It gets "OK", the size and the content, or
// "ERROR" and why there is none.
#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <linux_aio/linux_aio.hpp>
#include <list>
#include <optional>
#include <string>

#include "examples/coroutine_server/task.hpp"

namespace coroutine_server {

class Server {
 public:
  static constexpr std::size_t block_size = 65536;
  static constexpr std::size_t most_clients = 32;
  static constexpr std::size_t buffers_per_client = 2;  // one is read into, one is sent

  /// `buffers` are of block_size, buffers_per_client for each of most_clients.
  Server(linux_aio::Context& context, linux_aio::BufferPool& buffers, std::string folder)
      : context_(context), buffers_(buffers), folder_(std::move(folder)) {}

  /// Serves the clients of `listener` until `stop`, which the handler of a signal sets: one that is
  /// blocked but in `signals`, the mask while waiting. Then takes no more clients, and gives those
  /// that there are `grace` to get their files. Returns how many were cut off.
  [[nodiscard]] std::size_t run(linux_aio::File listener, const ::sigset_t& signals,
                                const volatile std::sig_atomic_t& stop, std::chrono::seconds grace);

 private:
  using Buffer = linux_aio::PooledBuffer;
  struct Block {
    Buffer buffer;
    std::size_t length;  // 0 at the end of the file, and where it cannot be read
  };
  enum class Outcome : bool { closed, served };

  // Parameters are values: a coroutine may outlive what a reference refers to.
  [[nodiscard]] Task<linux_aio::Result<linux_aio::PollEvents>> ready(linux_aio::BorrowedFd file,
                                                                     linux_aio::PollEvents events);
  [[nodiscard]] Task<std::optional<linux_aio::File>> accept(linux_aio::BorrowedFd listener);
  [[nodiscard]] Task<Outcome> serve(linux_aio::File socket);
  [[nodiscard]] Task<Outcome> send_file(linux_aio::BorrowedFd socket, std::string name);
  [[nodiscard]] Task<std::string> receive_line(linux_aio::BorrowedFd socket);
  [[nodiscard]] Task<Block> read(linux_aio::BorrowedFd file, std::uint64_t offset);
  [[nodiscard]] Task<Outcome> send(linux_aio::BorrowedFd socket, Block block);
  [[nodiscard]] Task<Outcome> send_text(linux_aio::BorrowedFd socket, std::string text);

  linux_aio::Context& context_;
  linux_aio::BufferPool& buffers_;
  std::string folder_;
  std::list<Task<Outcome>> clients_;
};

}  // namespace coroutine_server
