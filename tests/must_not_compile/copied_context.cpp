#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Context& context) {
#ifdef LINUX_AIO_MISTAKE
  const aio::Context copy = context;
  static_cast<void>(copy);
#else
  const aio::Context moved = std::move(context);
  static_cast<void>(moved);
#endif
}
