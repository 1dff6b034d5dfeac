#include <array>
#include <linux_aio/linux_aio.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace aio = linux_aio;

#ifdef LINUX_AIO_MISTAKE
using Word = std::string_view;
#else
using Word = std::array<char, 16>;
#endif

void use(aio::Context& context, aio::File& file, std::vector<Word> words) {
  auto [done] = context.run(aio::read(file).into(std::move(words)));
  static_cast<void>(done);
}
