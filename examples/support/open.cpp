#include "examples/support/open.hpp"

#include <unistd.h>

#include <algorithm>
#include <linux_aio/aligned_buffer.hpp>
#include <utility>

namespace support {

namespace aio = linux_aio;

aio::Result<Opened> open(const std::string& path, aio::Access access, std::size_t unit,
                         aio::OpenOptions options) {
  aio::Result<aio::File> buffered = aio::File::open(path.c_str(), access, options);
  if (!buffered) return std::unexpected(buffered.error());
  constexpr std::size_t standard = aio::AlignedBuffer::default_alignment;
  if (const auto needs = buffered->direct_io(); needs && unit % needs->offset_alignment == 0) {
    // What was to be done to the file is done; only the way there changes.
    aio::Result<aio::File> direct = aio::File::open(path.c_str(), access, {.direct = true});
    if (direct) {
      return Opened{std::move(*direct), true,
                    std::max<std::size_t>(standard, needs->memory_alignment)};
    }
  }
  return Opened{std::move(*buffered), false, standard};
}

bool hides_its_size(aio::BorrowedFd empty) {
  char byte = 0;
  return ::pread(empty.number(), &byte, sizeof(byte), 0) > 0;
}

}  // namespace support
