#include "tests/support/temporary_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cstdlib>

namespace linux_aio::testing {

std::string temporary_folder() {
  const char* const folder = std::getenv("TEST_TMPDIR");
  return folder != nullptr ? folder : "/tmp";
}

std::vector<std::byte> pattern(std::size_t size, unsigned seed) {
  std::vector<std::byte> bytes(size);
  std::uint32_t state = seed * 2'654'435'761U + 1;
  for (std::byte& byte : bytes) {
    state = state * 1'664'525U + 1'013'904'223U;
    byte = static_cast<std::byte>(state >> 24U);
  }
  return bytes;
}

TemporaryFile::TemporaryFile(std::span<const std::byte> content)
    : path_(temporary_folder() + "/linux_aio_XXXXXX"), fd_(::mkostemp64(path_.data(), O_CLOEXEC)) {
  REQUIRE(fd_ >= 0);
  REQUIRE(::pwrite(fd_, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
}

TemporaryFile::~TemporaryFile() {
  ::close(fd_);
  ::unlink(path_.c_str());
}

std::vector<std::byte> TemporaryFile::content() const {
  struct ::stat status{};
  REQUIRE(::fstat(fd_, &status) == 0);
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  REQUIRE(::pread(fd_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return bytes;
}

Pipe::Pipe(int flags) { REQUIRE(::pipe2(ends_.data(), flags | O_CLOEXEC) == 0); }

Pipe::~Pipe() {
  close_read_end();
  ::close(ends_[1]);
}

std::size_t Pipe::capacity() const {
  const int size = ::fcntl(ends_[1], F_GETPIPE_SZ);
  REQUIRE(size > 0);
  return static_cast<std::size_t>(size);
}

void Pipe::feed() const { REQUIRE(::write(ends_[1], "x", 1) == 1); }

void Pipe::close_read_end() {
  if (ends_[0] >= 0) ::close(ends_[0]);
  ends_[0] = -1;
}

}  // namespace linux_aio::testing
