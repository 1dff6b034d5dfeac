#include <linux_aio/linux_aio.hpp>
#include <vector>

namespace aio = linux_aio;

void use(aio::Commit& commit, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto accepted = commit.submit(aio::read(file).into(std::vector<char>(512)), [](auto) {});
  static_cast<void>(accepted);
#else
  auto accepted = commit.submit(aio::write(file).from(std::vector<char>(512)), [](auto) {});
  static_cast<void>(accepted);
#endif
}
