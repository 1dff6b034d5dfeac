#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::AlignedBuffer& buffer) {
#ifdef LINUX_AIO_MISTAKE
  const aio::AlignedBuffer copy = buffer;
  static_cast<void>(copy);
#else
  const aio::AlignedBuffer moved = std::move(buffer);
  static_cast<void>(moved);
#endif
}
