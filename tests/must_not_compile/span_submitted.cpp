#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <span>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::span<std::byte> header) {
#ifdef LINUX_AIO_MISTAKE
  auto accepted = context.submit(aio::read(file).into(header), [](auto) {});
  static_cast<void>(accepted);
#else
  auto [done] = context.run(aio::read(file).into(header));
  static_cast<void>(done);
#endif
}
