#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <vector>

namespace aio = linux_aio;

#ifdef LINUX_AIO_MISTAKE
using Page = std::vector<std::byte>;
#else
using Page = const std::vector<std::byte>;
#endif

aio::SharedBytes use(const std::shared_ptr<Page>& page) { return aio::shared(page); }
