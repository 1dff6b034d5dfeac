#include <linux_aio/in_flight_request.hpp>

namespace linux_aio {
namespace {

using Operation = InFlightRequest::Operation;

Operation operation_of(const raw::iocb& request) noexcept {
  switch (request.aio_lio_opcode) {
    case raw::iocb_cmd_pread:
    case raw::iocb_cmd_preadv:
      return Operation::read;
    case raw::iocb_cmd_pwrite:
    case raw::iocb_cmd_pwritev:
      return Operation::write;
    case raw::iocb_cmd_fsync:
      return Operation::fsync;
    case raw::iocb_cmd_fdsync:
      return Operation::fdatasync;
    default:
      return Operation::poll;
  }
}

const char* name_of(Operation operation) noexcept {
  switch (operation) {
    case Operation::read:
      return "read";
    case Operation::write:
      return "write";
    case Operation::fsync:
      return "fsync";
    case Operation::fdatasync:
      return "fdatasync";
    case Operation::poll:
      break;
  }
  return "poll";
}

std::optional<IoPriority> priority_of(const raw::iocb& request) noexcept {
  if ((request.aio_flags & std::uint32_t{raw::iocb_flag_ioprio}) == 0) return std::nullopt;
  return IoPriority::from_bits(static_cast<std::uint16_t>(request.aio_reqprio));
}

// A poll has its events where others have the address of their buffer.
PollEvents events_of(const raw::iocb& request) noexcept {
  if (request.aio_lio_opcode != raw::iocb_cmd_poll) return {};
  return PollEvents::from_bits(static_cast<std::uint32_t>(request.aio_buf));
}

int event_fd_of(const raw::iocb& request) noexcept {
  const bool notifies = (request.aio_flags & std::uint32_t{raw::iocb_flag_resfd}) != 0;
  return notifies ? static_cast<int>(request.aio_resfd) : -1;
}

}  // namespace

std::string InFlightRequest::description() const {
  std::string text = name_of(operation);
  if (operation == Operation::read || operation == Operation::write) {
    text += " of " + std::to_string(length) + (vectored ? " buffers" : " bytes") + " at offset " +
            std::to_string(offset);
  }
  return text + " of file " + std::to_string(file);
}

namespace detail {

InFlightRequest in_flight_request(RequestId id, const raw::iocb& request) noexcept {
  const bool vectored = request.aio_lio_opcode == raw::iocb_cmd_preadv ||
                        request.aio_lio_opcode == raw::iocb_cmd_pwritev;
  const Operation operation = operation_of(request);
  const bool transfers = operation == Operation::read || operation == Operation::write;
  return {.id = id,
          .operation = operation,
          .file = static_cast<int>(request.aio_fildes),
          .offset = static_cast<std::uint64_t>(request.aio_offset),
          .length = transfers ? request.aio_nbytes : 0,
          .vectored = vectored,
          .rw_flags = static_cast<std::uint32_t>(request.aio_rw_flags),
          .priority = priority_of(request),
          .events = events_of(request),
          .event_fd = event_fd_of(request)};
}

}  // namespace detail

}  // namespace linux_aio
