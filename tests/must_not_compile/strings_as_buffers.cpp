#include <linux_aio/linux_aio.hpp>
#include <string>
#include <utility>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::vector<std::string> lines,
         [[maybe_unused]] std::vector<std::vector<char>> blocks) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::write(file).from(std::move(lines)));
  static_cast<void>(done);
#else
  auto [done] = context.run(aio::write(file).from(std::move(blocks)));
  static_cast<void>(done);
  static_cast<void>(lines);
#endif
}
