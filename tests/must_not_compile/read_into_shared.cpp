#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, aio::SharedBytes bytes) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(std::move(bytes)));
#else
  auto [done] = context.run(aio::write(file).from(std::move(bytes)));
  static_cast<void>(done);
#endif
}
