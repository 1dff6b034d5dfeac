#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace aio = linux_aio;

aio::SharedBytes use(const std::string& text) {
#ifdef LINUX_AIO_MISTAKE
  return aio::shared(std::make_shared<const std::string_view>(text));
#else
  return aio::shared(std::make_shared<const std::string>(text));
#endif
}
