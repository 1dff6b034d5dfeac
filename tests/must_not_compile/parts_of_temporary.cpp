#include <linux_aio/linux_aio.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::vector<aio::AlignedBuffer> pages) {
#ifdef LINUX_AIO_MISTAKE
  for (const auto part : std::get<0>(context.run(aio::read(file).into(std::move(pages)))).parts()) {
    static_cast<void>(part);
  }
#else
  auto [done] = context.run(aio::read(file).into(std::move(pages)));
  for (const auto part : done.parts()) {
    static_cast<void>(part);
  }
#endif
}
