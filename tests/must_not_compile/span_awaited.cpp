#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, [[maybe_unused]] std::span<std::byte> header) {
#ifdef LINUX_AIO_MISTAKE
  auto awaitable = context.async(aio::read(file).into(header));
  static_cast<void>(awaitable);
#else
  auto awaitable = context.async(aio::read(file).into(std::vector<std::byte>(512)));
  static_cast<void>(awaitable);
#endif
}
