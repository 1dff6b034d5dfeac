// Files that a test makes and leaves none of behind.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace linux_aio::testing {

/// Where test files go: $TEST_TMPDIR, or else /tmp.
[[nodiscard]] std::string temporary_folder();

/// `size` bytes that differ from place to place and from seed to seed.
[[nodiscard]] std::vector<std::byte> pattern(std::size_t size, unsigned seed = 0);

/// A new file, opened for reading and writing; gone with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::span<const std::byte> content = {});
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::vector<std::byte> content() const;

 private:
  std::string path_;
  int fd_;
};

/// Both ends of a pipe, closed with the object.
class Pipe {
 public:
  explicit Pipe(int flags = 0);
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe();

  [[nodiscard]] int read_end() const { return ends_[0]; }
  [[nodiscard]] int write_end() const { return ends_[1]; }
  /// How many bytes it holds: 16 pages, unless the user has too many pipes.
  [[nodiscard]] std::size_t capacity() const;

  /// Puts one byte in, so that the read end is ready.
  void feed() const;
  void close_read_end();

 private:
  std::array<int, 2> ends_{-1, -1};
};

}  // namespace linux_aio::testing
