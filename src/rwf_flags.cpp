#include "src/rwf_flags.hpp"

#include <algorithm>
#include <array>

namespace linux_aio::detail {
namespace {

// The conditions are those of kiocb_set_rw_flags() in include/linux/fs.h.
constexpr std::array flags{
    RwfFlag{raw::rwf_hipri, "hipri", {4, 13}, nullptr},
    RwfFlag{raw::rwf_dsync, "dsync", {4, 13}, nullptr},
    RwfFlag{raw::rwf_sync, "sync", {4, 13}, nullptr},
    RwfFlag{raw::rwf_nowait,
            "no_wait",
            {4, 14},
            "a file that can tell whether it would block (a FIFO cannot: set its O_NONBLOCK)"},
    RwfFlag{raw::rwf_append, "append", {4, 16}, nullptr},
    RwfFlag{raw::rwf_noappend, "no_append", {6, 9}, nullptr},
    RwfFlag{raw::rwf_atomic,
            "atomic",
            {6, 11},
            "a write with O_DIRECT, on a device and file system that have atomic writes"},
    RwfFlag{raw::rwf_dontcache, "dont_cache", {6, 14}, "a file system that knows it"},
    RwfFlag{raw::rwf_nosignal, "no_signal", {6, 18}, nullptr},
};

static_assert([] {
  raw::kernel_rwf_t all = 0;
  for (const RwfFlag& flag : flags) all |= flag.bit;
  return all == raw::rwf_supported;
}());

}  // namespace

std::span<const RwfFlag> rwf_flags() noexcept { return flags; }

const RwfFlag& rwf_flag(raw::kernel_rwf_t bit) noexcept {
  return *std::ranges::find(flags, bit, &RwfFlag::bit);
}

}  // namespace linux_aio::detail
