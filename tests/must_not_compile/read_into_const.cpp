#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <span>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::span<const std::byte> bytes) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(bytes));
#else
  auto [done] = context.run(aio::write(file).from(bytes));
  static_cast<void>(done);
#endif
}
