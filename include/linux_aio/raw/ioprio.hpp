// I/O priorities: what the IOPRIO_PRIO_* function-like macros of linux/ioprio.h compute.
#pragma once

#include <cstdint>
#include <linux_aio/raw/abi.hpp>

namespace linux_aio::raw {

/// Packs a class (ioprio_class_*) and its data, the level 0 (highest) to 7; excess bits are cut.
/// Source: IOPRIO_PRIO_VALUE, ioprio_set(2).
[[nodiscard]] constexpr std::uint16_t ioprio_prio_value(unsigned priority_class,
                                                        unsigned data) noexcept {
  const unsigned high = (priority_class & static_cast<unsigned>(ioprio_class_mask))
                        << static_cast<unsigned>(ioprio_class_shift);
  return static_cast<std::uint16_t>(high | (data & static_cast<unsigned>(ioprio_prio_mask)));
}

/// The class of a packed priority. Source: IOPRIO_PRIO_CLASS.
[[nodiscard]] constexpr unsigned ioprio_prio_class(std::uint16_t value) noexcept {
  return (static_cast<unsigned>(value) >> static_cast<unsigned>(ioprio_class_shift)) &
         static_cast<unsigned>(ioprio_class_mask);
}

/// The data (level and hint) of a packed priority. Source: IOPRIO_PRIO_DATA.
[[nodiscard]] constexpr unsigned ioprio_prio_data(std::uint16_t value) noexcept {
  return static_cast<unsigned>(value) & static_cast<unsigned>(ioprio_prio_mask);
}

}  // namespace linux_aio::raw
