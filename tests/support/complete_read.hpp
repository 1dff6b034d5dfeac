// A request that fills the ring without waiting.
#pragma once

#include <cstddef>
#include <linux_aio/raw.hpp>

#include "tests/support/temporary_file.hpp"

namespace linux_aio::testing {

/// A read of one byte that is in memory, whose event with the result 1 is there when io_submit
/// returns. May be submitted over and over.
struct CompleteRead {
  CompleteRead() { raw::prep_pread(request, file.fd(), &memory, 1, 0); }

  TemporaryFile file{pattern(1)};
  std::byte memory{};
  raw::iocb request{};
};

}  // namespace linux_aio::testing
