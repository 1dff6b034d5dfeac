#include <linux_aio/linux_aio.hpp>
#include <span>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, const std::vector<aio::PooledBuffer>& pages,
         [[maybe_unused]] std::vector<aio::PooledBuffer>& own) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(std::span(pages)));
  static_cast<void>(done);
#else
  auto [done] = context.run(aio::read(file).into(std::span(own)));
  static_cast<void>(done);
  static_cast<void>(pages);
#endif
}
