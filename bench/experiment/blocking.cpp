// open(2), read(2) and close(2) of one file after the other.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "bench/experiment/way.hpp"

namespace experiment {
namespace {

class Blocking : public Way {
 public:
  explicit Blocking(std::span<Source> sources) : sources_(sources) {}

  void begin() override {
    for (Source& source : sources_) open_and_read(source);
  }
  void end() override {}

 private:
  std::span<Source> sources_;
};

}  // namespace

void open_and_read(Source& source) {
  const int fd = ::open(source.path.c_str(), O_RDONLY | O_CLOEXEC | (source.direct ? O_DIRECT : 0));
  if (fd < 0) fail(source.path, errno);
  const std::span<std::byte> bytes = source.buffer.bytes();
  const ssize_t got = ::read(fd, bytes.data(), bytes.size());
  expect_whole(source, got < 0 ? -errno : got);
  ::close(fd);
}

Made make_blocking(std::span<Source> sources) { return std::make_unique<Blocking>(sources); }

}  // namespace experiment
