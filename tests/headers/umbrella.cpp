#include <linux_aio/linux_aio.hpp>
