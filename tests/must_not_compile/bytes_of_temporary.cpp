#include <linux_aio/linux_aio.hpp>
#include <tuple>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  const auto bytes = std::get<0>(context.run(aio::read(file).into(std::vector<char>(512)))).bytes();
  static_cast<void>(bytes);
#else
  auto [done] = context.run(aio::read(file).into(std::vector<char>(512)));
  const auto bytes = done.bytes();
  static_cast<void>(bytes);
#endif
}
