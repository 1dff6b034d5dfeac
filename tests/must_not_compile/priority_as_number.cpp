#include <linux_aio/linux_aio.hpp>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).priority(7).into(std::vector<char>(512)));
  static_cast<void>(done);
#else
  auto [done] = context.run(
      aio::read(file).priority(aio::IoPriority::best_effort(7)).into(std::vector<char>(512)));
  static_cast<void>(done);
#endif
}
