#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

aio::Context make_context();

void use(aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto awaitable = make_context().async(aio::fsync(file));
  static_cast<void>(awaitable);
#else
  aio::Context context = make_context();
  auto awaitable = context.async(aio::fsync(file));
  static_cast<void>(awaitable);
#endif
}
