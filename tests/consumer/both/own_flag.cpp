#include <linux_aio/raw/abi.hpp>

static_assert(linux_aio::raw::rwf_of_the_consumer == 0x40000000);
