#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context) {
#ifdef LINUX_AIO_MISTAKE
  context.wait();
#else
  if (!context.wait()) return;
#endif
}
