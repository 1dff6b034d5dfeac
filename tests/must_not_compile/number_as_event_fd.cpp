#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, aio::EventFd& event) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::fsync(file).notify(event.number()));
  static_cast<void>(done);
#else
  auto [done] = context.run(aio::fsync(file).notify(event));
  static_cast<void>(done);
#endif
}
