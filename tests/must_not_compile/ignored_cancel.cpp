#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::RequestId request) {
#ifdef LINUX_AIO_MISTAKE
  context.cancel(request);
#else
  if (context.cancel(request) != aio::Cancel::requested) return;
#endif
}
