#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, aio::AlignedBuffer buffer) {
  auto [done] = context.run(aio::write(file).from(std::move(buffer)));
#ifdef LINUX_AIO_MISTAKE
  buffer.bytes()[0] = std::byte{1};
#else
  buffer = std::move(done.buffer);
  buffer.bytes()[0] = std::byte{1};
#endif
}
