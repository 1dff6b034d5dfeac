#include <array>
#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <span>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(std::array<std::byte, 512>()));
#else
  std::array<std::byte, 512> block;
  auto [done] = context.run(aio::read(file).into(std::span(block)));
  static_cast<void>(done);
#endif
}
