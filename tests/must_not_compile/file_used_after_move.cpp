#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File file) {
  const aio::File taken = std::move(file);
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::fsync(file));
#else
  auto [done] = context.run(aio::fsync(taken));
#endif
  static_cast<void>(done);
}
