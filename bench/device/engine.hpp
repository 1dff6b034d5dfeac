// The engines that the benchmark compares, behind one interface.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <linux_aio/aligned_buffer.hpp>
#include <linux_aio/file.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace device {

// What is transferred: blocks of a file from or into buffers, one for each request in flight.
struct Transfers {
  linux_aio::File file;
  bool write;
  std::vector<linux_aio::AlignedBuffer> buffers;
};

// What submitting took since the engine was made.
struct Submission {
  std::uint64_t requests = 0;
  std::uint64_t calls = 0;
  std::uint64_t calls_that_slept = 0;
  std::chrono::nanoseconds inside{0};
};

// Keeps requests in flight. A slot is the number of a buffer, and has one request at most.
class Engine {
 public:
  // The transfers outlive the engine.
  explicit Engine(Transfers& transfers);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  // Begins to transfer a slot's buffer at an offset; may put it off until wait().
  virtual void start(std::size_t slot, std::uint64_t offset) = 0;

  // Waits until so many have completed, and returns the slots of all that have: each a whole
  // block, or the program ends. Valid until the next call.
  std::span<const std::size_t> wait(std::size_t at_least);

  // Of an engine that was asked to measure it.
  [[nodiscard]] virtual std::optional<Submission> submission() const { return std::nullopt; }

 protected:
  [[nodiscard]] Transfers& transfers() { return transfers_; }
  [[nodiscard]] std::span<std::byte> bytes(std::size_t slot) {
    return transfers_.buffers[slot].bytes();
  }
  [[nodiscard]] std::size_t depth() const { return transfers_.buffers.size(); }

  // How many have completed in this wait().
  [[nodiscard]] std::size_t completed() const { return completed_.size(); }

  // A request has completed; `result` is a count of bytes or -errno.
  void complete(std::size_t slot, long long result);

 private:
  virtual void await(std::size_t at_least) = 0;

  Transfers& transfers_;
  std::size_t block_size_;
  std::vector<std::size_t> completed_;
};

// Why an engine cannot be had here, for a user to read; else the engine.
using Made = std::expected<std::unique_ptr<Engine>, std::string>;

// Those without io_submit have nothing to measure of it.
Made make_linux_aio(Transfers& transfers, bool measure_submission);
Made make_libaio(Transfers& transfers, bool measure_submission);
Made make_io_uring(Transfers& transfers);
Made make_blocking(Transfers& transfers);
Made make_posix_aio(Transfers& transfers);
Made make_thread_pool(Transfers& transfers, std::size_t threads);

}  // namespace device
