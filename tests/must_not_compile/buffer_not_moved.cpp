#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, aio::AlignedBuffer& buffer) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(buffer));
#else
  auto [done] = context.run(aio::read(file).into(std::move(buffer)));
  buffer = std::move(done.buffer);
#endif
}
