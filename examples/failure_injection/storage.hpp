// The code under test, as a user of linux_aio has it: it says that data is saved only if it is.
#pragma once

#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <span>

namespace failure_injection {

/// Writes `bytes` to the beginning of `file`, and makes them durable. Errors: those of write_all()
/// and of fdatasync().
[[nodiscard]] linux_aio::Result<void> save(linux_aio::Context& context, const linux_aio::File& file,
                                           std::span<const std::byte> bytes);

/// Fills `bytes` from the beginning of `file`. Errors: those of read_exactly().
[[nodiscard]] linux_aio::Result<void> load(linux_aio::Context& context, const linux_aio::File& file,
                                           std::span<std::byte> bytes);

}  // namespace failure_injection
