#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto request = aio::fsync(file);
  auto [done] = context.run(request);
#else
  auto request = aio::fsync(file);
  auto [done] = context.run(std::move(request));
  static_cast<void>(done);
#endif
}
