#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <memory_resource>
#include <utility>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::pmr::vector<std::byte> bytes) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(bytes));
#else
  auto [done] = context.run(aio::read(file).into(std::move(bytes)));
#endif
  static_cast<void>(done);
}
