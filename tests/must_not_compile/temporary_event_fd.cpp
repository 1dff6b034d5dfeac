#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::fsync(file).notify(*aio::EventFd::create()));
  static_cast<void>(done);
#else
  const auto event = aio::EventFd::create();
  if (!event) return;
  auto [done] = context.run(aio::fsync(file).notify(*event));
  static_cast<void>(done);
#endif
}
