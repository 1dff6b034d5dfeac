// pread(2) of one open file after the other.

#include <unistd.h>

#include <cerrno>

#include "bench/experiment/way.hpp"

namespace experiment {
namespace {

class Pread : public Way {
 public:
  explicit Pread(std::span<Source> sources) : sources_(sources) {}

  void begin() override {
    for (Source& source : sources_) {
      const std::span<std::byte> bytes = source.buffer.bytes();
      const ssize_t got = ::pread(source.file.number(), bytes.data(), bytes.size(), 0);
      expect_whole(source, got < 0 ? -errno : got);
    }
  }
  void end() override {}

 private:
  std::span<Source> sources_;
};

}  // namespace

Made make_pread(std::span<Source> sources) { return std::make_unique<Pread>(sources); }

}  // namespace experiment
