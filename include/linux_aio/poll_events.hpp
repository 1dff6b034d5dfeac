// What a poll waits for, and what it answers.
#pragma once

#include <cstdint>
#include <linux_aio/config.hpp>
#include <linux_aio/flag_set.hpp>
#include <linux_aio/raw/abi.hpp>

namespace linux_aio {

/// An event of a descriptor. poll(2)'s variants for normal and band data are left out: on Linux
/// they come with `in` and `out`. So is POLLNVAL: a closed descriptor is refused with EBADF. Since
/// Linux 4.19. Source: poll(2), aio_poll() in fs/aio.c.
enum class PollEvent : std::uint32_t {
  in = raw::pollin,               ///< there is something to read, or its end
  out = raw::pollout,             ///< there is room to write
  priority = raw::pollpri,        ///< something out of the ordinary, such as urgent data
  read_hang_up = raw::pollrdhup,  ///< a stream socket's peer writes no more
  error = raw::pollerr,           ///< always waited for, asked or not
  hang_up = raw::pollhup,         ///< the same
};

template <>
inline constexpr bool detail::is_flag<PollEvent> = true;

/// The events that a poll waits for, or those that it answers: of what was asked, `error` and
/// `hang_up` what is there.
using PollEvents = FlagSet<PollEvent>;

namespace detail {

/// The events in `mask`, the kernel's answer to a poll for `asked`. One that is woken answers more
/// than it was asked (POLLRDNORM with POLLIN), one that is ready at once does not.
[[nodiscard]] constexpr PollEvents answer_to(PollEvents asked, std::uint32_t mask) noexcept {
  return PollEvents::from_bits(mask) & (asked | PollEvent::error | PollEvent::hang_up);
}

}  // namespace detail

}  // namespace linux_aio
