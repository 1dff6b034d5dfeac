// What O_DIRECT takes: aligned memory, and a file system that has it.
#pragma once

#include <fcntl.h>

#include <array>
#include <cstddef>
#include <optional>

#include "tests/support/descriptor.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace linux_aio::testing {

/// As aligned and as long as any file system may ask for. To be had from the heap: the stack that
/// AddressSanitizer makes is not so aligned.
struct alignas(4096) Page {
  std::array<std::byte, 4096> bytes{};
};

/// Opens `file` once more, for O_DIRECT; where its file system has none, says so.
inline std::optional<Descriptor> open_direct(const TemporaryFile& file) {
  const int fd = ::open(file.path().c_str(), O_RDWR | O_DIRECT | O_CLOEXEC);
  if (fd >= 0) return Descriptor(fd);
  skip("the file system of " + temporary_folder() + " has no O_DIRECT");
  return std::nullopt;
}

}  // namespace linux_aio::testing
