#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto accepted = context.submit(aio::fsync(file), [](int) {});
  static_cast<void>(accepted);
#else
  auto accepted = context.submit(aio::fsync(file), [](aio::SyncCompletion) {});
  static_cast<void>(accepted);
#endif
}
