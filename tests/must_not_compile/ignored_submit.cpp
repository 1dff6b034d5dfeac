#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  context.submit(aio::fsync(file), [](auto) {});
#else
  auto accepted = context.submit(aio::fsync(file), [](auto) {});
  static_cast<void>(accepted);
#endif
}
