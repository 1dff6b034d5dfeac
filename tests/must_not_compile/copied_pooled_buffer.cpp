#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::PooledBuffer& buffer) {
#ifdef LINUX_AIO_MISTAKE
  const aio::PooledBuffer copy = buffer;
  static_cast<void>(copy);
#else
  const aio::PooledBuffer moved = std::move(buffer);
  static_cast<void>(moved);
#endif
}
