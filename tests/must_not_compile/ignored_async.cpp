#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  context.async(aio::fsync(file));
#else
  const auto awaitable = context.async(aio::fsync(file));
  static_cast<void>(awaitable);
#endif
}
