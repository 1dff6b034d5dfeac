#include <array>
#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  std::array<char, 256> large{};
  auto accepted = context.submit(aio::fsync(file), [large](auto) mutable { large[0] = 1; });
  static_cast<void>(accepted);
#else
  std::array<char, 256> large{};
  auto accepted = context.submit(aio::fsync(file), [&large](auto) { large[0] = 1; });
  static_cast<void>(accepted);
#endif
}
