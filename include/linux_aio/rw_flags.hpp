// The RWF_ flags of reads and writes, typed per direction. RWF_HIPRI is left out: kernel AIO clears
// it (aio_prep_rw() in fs/aio.c).
#pragma once

#include <cstdint>
#include <linux_aio/config.hpp>
#include <linux_aio/flag_set.hpp>
#include <linux_aio/raw/abi.hpp>

namespace linux_aio {

/// Flags of a read. A flag that kernel or file do not know: EOPNOTSUPP. Source: preadv2(2).
enum class ReadFlag : std::uint32_t {
  no_wait = raw::rwf_nowait,        ///< EAGAIN instead of blocking; since Linux 4.14
  dont_cache = raw::rwf_dontcache,  ///< drop the pages afterwards; since Linux 6.14
};

/// Flags of a write. A flag that kernel or file do not know: EOPNOTSUPP. Source: pwritev2(2).
enum class WriteFlag : std::uint32_t {
  dsync = raw::rwf_dsync,           ///< durable data when it completes; since Linux 4.13
  sync = raw::rwf_sync,             ///< durable data and metadata; since Linux 4.13
  no_wait = raw::rwf_nowait,        ///< EAGAIN instead of blocking; since Linux 4.14
  append = raw::rwf_append,         ///< at the end of the file; since Linux 4.16
  no_append = raw::rwf_noappend,    ///< at the offset in spite of O_APPEND; since Linux 6.9
  atomic = raw::rwf_atomic,         ///< whole or not at all after a power cut; since Linux 6.11
  dont_cache = raw::rwf_dontcache,  ///< drop the pages afterwards; since Linux 6.14
  no_signal = raw::rwf_nosignal,    ///< EPIPE without SIGPIPE; since Linux 6.18
};

template <>
inline constexpr bool detail::is_flag<ReadFlag> = true;
template <>
inline constexpr bool detail::is_flag<WriteFlag> = true;

}  // namespace linux_aio
