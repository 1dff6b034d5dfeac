#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto awaitable = context.async(aio::fsync(file));
  auto copy = awaitable;
  static_cast<void>(copy);
#else
  auto awaitable = context.async(aio::fsync(file));
  auto& same = awaitable;
  static_cast<void>(same);
#endif
}
