// The code under test, as a user of linux_aio has it: it says that data is saved only if it is.
#pragma once

#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <span>

namespace failure_injection {

/// Writes `bytes` to the beginning of `file`, and makes them durable. Goes on after a short write.
/// Errors: those of the requests; EIO where a write accepts nothing.
[[nodiscard]] linux_aio::Result<void> save(linux_aio::Context& context, const linux_aio::File& file,
                                           std::span<const std::byte> bytes);

/// Fills `bytes` from the beginning of `file`. Goes on after a short read. Errors: those of the
/// requests; ENODATA if the file is shorter.
[[nodiscard]] linux_aio::Result<void> load(linux_aio::Context& context, const linux_aio::File& file,
                                           std::span<std::byte> bytes);

}  // namespace failure_injection
