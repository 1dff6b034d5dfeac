#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::fsync(*aio::File::open("log", aio::Access::write_only)));
  static_cast<void>(done);
#else
  const auto log = aio::File::open("log", aio::Access::write_only);
  if (!log) return;
  auto [done] = context.run(aio::fsync(*log));
  static_cast<void>(done);
#endif
}
