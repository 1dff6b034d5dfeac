#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::vector<std::span<std::byte>>& parts) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(std::span(parts)));
#else
  auto [done] = context.run(aio::read(file).into(parts[0]));
#endif
  static_cast<void>(done);
}
