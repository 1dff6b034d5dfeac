// Hashes files with one context: several files at once, and of each several reads at once.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <linux_aio/linux_aio.hpp>
#include <list>
#include <optional>
#include <span>
#include <string>

#include "examples/support/checksum.hpp"

namespace file_hasher {

/// The checksum of a file, or why there is none.
using Sum = std::expected<support::Checksum, std::string>;

/// What the hashers of all threads share.
struct Work {
  std::span<const std::string> paths;
  std::span<Sum> sums;                   // one for each path; a hasher writes those that it takes
  std::atomic<std::size_t> next = 0;     // of the paths, that no hasher has taken yet
  std::atomic<std::size_t> done = 0;     // of the paths
  std::atomic<std::uint64_t> bytes = 0;  // that were summed
};

/// Takes one file after the other. Belongs to one thread, as its context and its pool do.
class Hasher {
 public:
  static constexpr std::size_t block_size = 262'144;
  static constexpr std::size_t files_at_once = 8;
  static constexpr std::size_t reads_per_file = 2;
  static constexpr std::size_t most_requests = files_at_once * reads_per_file;

  Hasher(linux_aio::Context& context, linux_aio::BufferPool& buffers, Work& work)
      : context_(context), buffers_(buffers), work_(work) {}
  Hasher(const Hasher&) = delete;
  Hasher(Hasher&&) = delete;  // continuations point to it
  Hasher& operator=(const Hasher&) = delete;
  Hasher& operator=(Hasher&&) = delete;
  ~Hasher() = default;

  /// Hashes files until all are taken and its own are done.
  void run();

 private:
  using Completion = linux_aio::ReadCompletion<linux_aio::PooledBuffer>;

  // A file that is being read. Its blocks come in any order, and are summed in theirs.
  struct Reading {
    std::size_t index;  // of its path
    linux_aio::File file;
    std::uint64_t size;
    std::uint64_t begun = 0;                                       // blocks
    std::array<std::optional<Completion>, reads_per_file> read{};  // not yet summed
    support::Checksum sum{};
    std::size_t in_flight = 0;
    std::string failure;
  };

  void begin_files();
  void begin_file(std::size_t index);
  void begin_reads(Reading& reading);
  void on_read(Reading& reading, std::uint64_t block, Completion done);
  void sum(Reading& reading);
  void end_file(std::size_t index, Sum sum);

  linux_aio::Context& context_;
  linux_aio::BufferPool& buffers_;
  Work& work_;
  std::list<Reading> readings_;  // they stay where they are
};

}  // namespace file_hasher
