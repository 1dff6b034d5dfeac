#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <utility>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::vector<std::span<std::byte>> parts) {
#ifdef LINUX_AIO_MISTAKE
  auto accepted = context.submit(aio::read(file).into(std::move(parts)), [](auto) {});
  static_cast<void>(accepted);
#else
  auto [done] = context.run(aio::read(file).into(std::move(parts)));
  static_cast<void>(done);
#endif
}
