// Trial: what came of trying something on the running kernel.
#pragma once

#include <array>
#include <cstdint>
#include <linux_aio/rw_flags.hpp>

namespace linux_aio {

/// What a trial found.
enum class Finding : std::uint8_t {
  works,      ///< the kernel did it
  missing,    ///< the kernel does not have it
  forbidden,  ///< EPERM: a seccomp filter, a security module or a missing capability
  failed,     ///< any other errno
  undecided,  ///< the kernel's answer fits more than one of these
  untried,    ///< what it takes to try it is not there
};

/// A finding, and the errno that it rests on; 0 if there was none.
struct Trial {
  Finding finding = Finding::untried;  ///< what was found
  int code = 0;                        ///< the errno, or 0

  /// Whether it works for certain.
  [[nodiscard]] constexpr bool works() const noexcept { return finding == Finding::works; }
};

/// A trial of one flag: a ReadFlag or a WriteFlag.
template <class Flag>
struct FlagTrial {
  Flag flag;      ///< what was tried
  Trial trial{};  ///< what came of it
};

/// A trial of every flag of a direction.
struct FlagTrials {
  /// One of each ReadFlag.
  std::array<FlagTrial<ReadFlag>, 2> read{{{ReadFlag::no_wait}, {ReadFlag::dont_cache}}};

  /// One of each WriteFlag.
  std::array<FlagTrial<WriteFlag>, 8> write{{{WriteFlag::dsync},
                                             {WriteFlag::sync},
                                             {WriteFlag::no_wait},
                                             {WriteFlag::append},
                                             {WriteFlag::no_append},
                                             {WriteFlag::atomic},
                                             {WriteFlag::dont_cache},
                                             {WriteFlag::no_signal}}};

  /// The trial of one flag.
  [[nodiscard]] constexpr Trial of(ReadFlag flag) const noexcept { return find(read, flag); }
  /// The trial of one flag.
  [[nodiscard]] constexpr Trial of(WriteFlag flag) const noexcept { return find(write, flag); }

 private:
  static constexpr Trial find(const auto& trials, auto flag) noexcept {
    for (const auto& each : trials) {
      if (each.flag == flag) return each.trial;
    }
    return {};
  }
};

}  // namespace linux_aio
