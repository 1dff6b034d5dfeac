// IoPriority: who is served first where requests queue for a disk.
#pragma once

#include <cstdint>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/raw/ioprio.hpp>

namespace linux_aio {

/// The I/O priority of a request: a class, and a level from 0 (first) to 7 (last) within it. A
/// level out of range does not compile in a constant expression, and ends the program elsewhere.
/// Only I/O schedulers that know priorities (bfq, mq-deadline) and some devices look at it.
///
/// Errors, of the request at submission: EPERM (real_time without CAP_SYS_NICE; before Linux 5.14
/// CAP_SYS_ADMIN), EINVAL (a duration limit before Linux 6.5). Since Linux 4.18.
/// Source: ioprio_set(2), ioprio_check_cap() in block/ioprio.c.
class IoPriority {
 public:
  /// Before all others, who may starve; needs CAP_SYS_NICE.
  [[nodiscard]] static constexpr IoPriority real_time(unsigned level) noexcept {
    return {raw::ioprio_class_rt, checked_level(level)};
  }

  /// The class of those who ask for none; theirs is level 4, or follows the nice value.
  [[nodiscard]] static constexpr IoPriority best_effort(unsigned level) noexcept {
    return {raw::ioprio_class_be, checked_level(level)};
  }

  /// When nobody else uses the disk. Has no levels.
  [[nodiscard]] static constexpr IoPriority idle() noexcept { return {raw::ioprio_class_idle, 0}; }

  /// The priority with just these bits, as a request in flight has them.
  [[nodiscard]] static constexpr IoPriority from_bits(std::uint16_t bits) noexcept {
    return {raw::ioprio_prio_class(bits), raw::ioprio_prio_data(bits)};
  }

  /// The same with the device's command duration limit number `limit`, 1 to 7; a device that has
  /// none ignores it. Another number ends the program. Since Linux 6.5.
  [[nodiscard]] constexpr IoPriority with_duration_limit(unsigned limit) const noexcept {
    if (limit < raw::ioprio_hint_dev_duration_limit_1 ||
        limit > raw::ioprio_hint_dev_duration_limit_7) {
      detail::fatal("the command duration limits of a device are numbered from 1 to 7");
    }
    const unsigned level = raw::ioprio_prio_data(bits_) & unsigned{raw::ioprio_level_mask};
    return {raw::ioprio_prio_class(bits_), level | limit << unsigned{raw::ioprio_hint_shift}};
  }

  /// Whether class, level and limit are the same.
  friend constexpr bool operator==(IoPriority left, IoPriority right) noexcept = default;

  /// The kernel's bits.
  [[nodiscard]] constexpr std::uint16_t bits() const noexcept { return bits_; }

 private:
  constexpr IoPriority(unsigned priority_class, unsigned data) noexcept
      : bits_(raw::ioprio_prio_value(priority_class, data)) {}

  static constexpr unsigned checked_level(unsigned level) noexcept {
    if (level >= raw::ioprio_nr_levels) {
      detail::fatal("the level of an I/O priority is 0 (first) to 7 (last)");
    }
    return level;
  }

  std::uint16_t bits_;
};

}  // namespace linux_aio
