#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <vector>

namespace aio = linux_aio;

void use(aio::Commit& commit, aio::File& file, [[maybe_unused]] std::span<std::byte> page) {
#ifdef LINUX_AIO_MISTAKE
  auto accepted = commit.submit(aio::write(file).from(page), [](auto) {});
  static_cast<void>(accepted);
#else
  auto accepted =
      commit.submit(aio::write(file).from(std::vector(page.begin(), page.end())), [](auto) {});
  static_cast<void>(accepted);
#endif
}
