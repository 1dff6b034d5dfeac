#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

std::byte use(aio::PooledBuffer buffer) {
  const aio::PooledBuffer taken = std::move(buffer);
#ifdef LINUX_AIO_MISTAKE
  return buffer.bytes()[0];
#else
  return taken.bytes()[0];
#endif
}
