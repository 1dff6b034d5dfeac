#include <linux_aio/linux_aio.hpp>
#include <utility>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::vector<aio::SharedBytes> pages) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(std::move(pages)));
  static_cast<void>(done);
#else
  auto [done] = context.run(aio::write(file).from(std::move(pages)));
  static_cast<void>(done);
#endif
}
