#include "examples/failure_injection/storage.hpp"

#include <cerrno>

namespace failure_injection {

namespace aio = linux_aio;

aio::Result<void> save(aio::Context& context, const aio::File& file,
                       std::span<const std::byte> bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto [written] = context.run(aio::write(file).from(bytes.subspan(done)).at(done));
    if (!written.result) return std::unexpected(written.result.error());
    if (*written.result == 0) return std::unexpected(aio::Error(aio::Call::completion, EIO));
    done += *written.result;
  }
  const auto [synced] = context.run(aio::fdatasync(file));
  return synced.result;
}

aio::Result<void> load(aio::Context& context, const aio::File& file, std::span<std::byte> bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto [read] = context.run(aio::read(file).into(bytes.subspan(done)).at(done));
    if (!read.result) return std::unexpected(read.result.error());
    if (*read.result == 0) return std::unexpected(aio::Error(aio::Call::completion, ENODATA));
    done += *read.result;
  }
  return {};
}

}  // namespace failure_injection
