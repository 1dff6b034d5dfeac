#include <linux_aio/linux_aio.hpp>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, const std::vector<std::string>& lines) {
  const auto bytes_of = [](const std::string& line) {
    return std::vector<char>(line.begin(), line.end());
  };
#ifdef LINUX_AIO_MISTAKE
  auto buffers = lines | std::views::transform(bytes_of);
#else
  std::vector<std::vector<char>> buffers;
  for (const std::string& line : lines) buffers.push_back(bytes_of(line));
#endif
  auto [done] = context.run(aio::write(file).from(std::move(buffers)));
  static_cast<void>(done);
}
