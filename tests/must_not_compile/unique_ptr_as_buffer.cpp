#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <utility>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::unique_ptr<std::byte[]> page) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(std::move(page)));
#else
  auto [done] = context.run(aio::read(file).into(aio::sized(std::move(page), 4096)));
  static_cast<void>(done);
#endif
}
