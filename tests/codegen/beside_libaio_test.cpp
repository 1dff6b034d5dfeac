// The bindings compile after libaio's header, which has a struct iocb of its own.

#include <cstdio>

#if __has_include(<libaio.h>)
#include <libaio.h>
constexpr bool has_libaio = true;
#else
constexpr bool has_libaio = false;
#endif

#include "linux_aio/raw/abi.hpp"

static_assert(sizeof(linux_aio::raw::iocb) == 64);

int main() {
  if (!has_libaio) std::puts("SKIPPED: no <libaio.h>: apt-get install libaio-dev");
}
