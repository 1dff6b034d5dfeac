// The RWF_ flags: their names here, and what each needs.
#pragma once

#include <linux_aio/raw/abi.hpp>
#include <span>

#include "src/kernel_version.hpp"

namespace linux_aio::detail {

struct RwfFlag {
  raw::kernel_rwf_t bit;
  const char* name;  // of ReadFlag and WriteFlag
  KernelVersion since;
  const char* needs;  // of the file; nullptr: it depends on the kernel alone
};

/// All that the headers' kernel knows.
[[nodiscard]] std::span<const RwfFlag> rwf_flags() noexcept;

/// The one with this bit, which must exist.
[[nodiscard]] const RwfFlag& rwf_flag(raw::kernel_rwf_t bit) noexcept;

}  // namespace linux_aio::detail
