#include <array>
#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Commit& commit, aio::File& file, aio::AlignedBuffer page) {
#ifdef LINUX_AIO_MISTAKE
  const std::array<char, 48> large{};
  auto accepted = commit.submit(aio::write(file).from(std::move(page)),
                                [large](auto) { static_cast<void>(large); });
  static_cast<void>(accepted);
#else
  const std::array<char, 32> small{};
  auto accepted = commit.submit(aio::write(file).from(std::move(page)),
                                [small](auto) { static_cast<void>(small); });
  static_cast<void>(accepted);
#endif
}
