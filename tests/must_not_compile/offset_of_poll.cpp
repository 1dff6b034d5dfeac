#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::poll(file, aio::PollEvent::in).at(0));
  static_cast<void>(done);
#else
  auto [done] = context.run(aio::poll(file, aio::PollEvent::in));
  static_cast<void>(done);
#endif
}
