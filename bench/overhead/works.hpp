// What is asked of every engine: requests that complete at once, so that what they cost is seen.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <linux_aio/aligned_buffer.hpp>
#include <linux_aio/event_fd.hpp>
#include <linux_aio/file.hpp>
#include <string>
#include <utility>
#include <vector>

namespace overhead {

enum class Kind : std::uint8_t { write, read, poll };

// How many requests are begun before they are waited for.
inline constexpr std::array<std::size_t, 5> batches{1, 4, 16, 64, 256};
inline constexpr std::size_t largest_batch = batches.back();

struct Work {
  const char* name;
  Kind kind;
  std::size_t length;  // of a transfer, in bytes
  long result;         // what each request gives: bytes, or the bits of a poll's events
  linux_aio::BorrowedFd fd;
  std::vector<linux_aio::AlignedBuffer> buffers;  // one for each request of the largest batch
  std::vector<char*> addresses;                   // of the same, for who wants plain pointers
};

// The works, and what they are done to. Where it is, it stays.
class Works {
 public:
  Works(linux_aio::File null, linux_aio::File zero, linux_aio::EventFd event_fd)
      : null_(std::move(null)), zero_(std::move(zero)), event_fd_(std::move(event_fd)) {}
  Works(Works&&) = default;
  Works& operator=(Works&&) = default;
  Works(const Works&) = delete;
  Works& operator=(const Works&) = delete;
  ~Works() = default;

  // An error is for a user to read.
  static std::expected<Works, std::string> open();

  [[nodiscard]] std::vector<Work>& all() { return all_; }

 private:
  bool add(const char* name, Kind kind, linux_aio::BorrowedFd fd, std::size_t length);

  linux_aio::File null_;
  linux_aio::File zero_;
  linux_aio::EventFd event_fd_;
  std::vector<Work> all_;
};

}  // namespace overhead
