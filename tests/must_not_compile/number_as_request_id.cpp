#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::RequestId request) {
#ifdef LINUX_AIO_MISTAKE
  static_cast<void>(request);
  auto answer = context.cancel(0);
  static_cast<void>(answer);
#else
  auto answer = context.cancel(request);
  static_cast<void>(answer);
#endif
}
