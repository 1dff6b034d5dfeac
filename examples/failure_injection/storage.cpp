#include "examples/failure_injection/storage.hpp"

namespace failure_injection {

namespace aio = linux_aio;

aio::Result<void> save(aio::Context& context, const aio::File& file,
                       std::span<const std::byte> bytes) {
  const auto written = aio::write_all(context, aio::write(file), bytes);
  if (!written) return std::unexpected(written.error().error);
  const auto [synced] = context.run(aio::fdatasync(file));
  return synced.result;
}

aio::Result<void> load(aio::Context& context, const aio::File& file, std::span<std::byte> bytes) {
  const auto read = aio::read_exactly(context, aio::read(file), bytes);
  if (!read) return std::unexpected(read.error().error);
  return {};
}

}  // namespace failure_injection
