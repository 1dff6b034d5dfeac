// InFlightRequest: what a context says of a request in flight.
#pragma once

#include <cstdint>
#include <linux_aio/io_priority.hpp>
#include <linux_aio/poll_events.hpp>
#include <linux_aio/raw/abi.hpp>
#include <linux_aio/request_id.hpp>
#include <optional>
#include <string>

namespace linux_aio {

/// A request in flight, for a log or a decision to cancel. See Context::for_each_in_flight.
struct InFlightRequest {
  /// What the request does.
  enum class Operation : std::uint8_t {
    read,       ///< of one buffer or several
    write,      ///< of one buffer or several
    fsync,      ///< of data and metadata
    fdatasync,  ///< of data
    poll,       ///< of a descriptor's events
  };

  RequestId id;                        ///< its name, for Context::cancel
  Operation operation;                 ///< what it does
  int file;                            ///< the number of its descriptor when it was submitted
  std::uint64_t offset;                ///< of a read or write, in bytes
  std::uint64_t length;                ///< of a read or write: bytes; buffers, if it is vectored
  bool vectored;                       ///< whether it has a range of buffers
  std::uint32_t rw_flags;              ///< of a read or write: bits of its ReadFlags or WriteFlags
  std::optional<IoPriority> priority;  ///< of a read or write that was given one
  PollEvents events;                   ///< what a poll waits for
  int event_fd;                        ///< the number of the eventfd that it notifies; -1: of none

  /// "read of 4096 bytes at offset 8192 of file 5". Allocates.
  [[nodiscard]] std::string description() const;
};

namespace detail {

[[nodiscard]] InFlightRequest in_flight_request(RequestId id, const raw::iocb& request) noexcept;

}  // namespace detail

}  // namespace linux_aio
