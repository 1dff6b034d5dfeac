#include <array>
#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <utility>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::array<std::span<const std::byte>, 2> parts) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(std::move(parts)));
  static_cast<void>(done);
#else
  auto [done] = context.run(aio::write(file).from(std::move(parts)));
  static_cast<void>(done);
#endif
}
