#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::fsync(3));
  static_cast<void>(done);
#else
  auto [done] = context.run(aio::fsync(aio::BorrowedFd(3)));
  static_cast<void>(done);
#endif
}
