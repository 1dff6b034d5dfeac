#include <algorithm>
#include <bit>
#include <limits>
#include <linux_aio/error.hpp>

#include "src/error_text/text.hpp"

namespace linux_aio {
namespace {

using detail::Failure;

// How the failure of a call reads: "io_setup: EAGAIN: cause", or with the request before it, "read
// of 1 byte at offset 0 failed: EIO: cause".
struct CallText {
  const char* words = nullptr;
  std::string (*explain)(const Failure&) = nullptr;
  bool about_request = false;
};

// A new call has its row here; the compiler misses it.
CallText text_of(Call call) noexcept {
  switch (call) {
    case Call::allocate:
      return {"allocate", detail::explain_allocate};
    case Call::acquire:
      return {"BufferPool::acquire", detail::explain_acquire};
    case Call::open:
      return {"open", detail::explain_open};
    case Call::close:
      return {"close"};
    case Call::statx:
      return {"statx", detail::explain_statx};
    case Call::eventfd:
      return {"eventfd"};
    case Call::io_setup:
      return {"io_setup", detail::explain_setup};
    case Call::io_getevents:
      return {"io_getevents", detail::explain_context};
    case Call::io_pgetevents:
      return {"io_pgetevents", detail::explain_context};
    case Call::io_cancel:
      return {"io_cancel", detail::explain_context};
    case Call::io_destroy:
      return {"io_destroy", detail::explain_context};
    case Call::submit:
      return {"submit", detail::explain_submit};
    case Call::wait:
      return {"wait", detail::explain_wait};
    case Call::close_context:
      return {"Context::close", detail::explain_close_context};
    case Call::commit:
      return {" was not sent", detail::explain_commit, true};
    case Call::whole_transfer:
      return {"whole transfer", detail::explain_whole_transfer};
    case Call::io_submit:
      return {" was refused by io_submit", detail::explain_refusal, true};
    case Call::completion:
      return {" failed", detail::explain_completion, true};
  }
  return {"unknown call"};
}

std::uint8_t marks_of(const raw::iocb& request) noexcept {
  const auto flags = static_cast<std::uint32_t>(request.aio_rw_flags);
  constexpr auto known = static_cast<std::uint32_t>(raw::rwf_supported);
  constexpr std::uint64_t widest_mask = std::numeric_limits<std::uint16_t>::max();
  unsigned marks = 0;
  if ((request.aio_flags & raw::iocb_flag_resfd) != 0) marks |= Failure::with_eventfd;
  if ((flags & ~known) != 0) marks |= Failure::with_unknown_flags;
  if (request.aio_reserved2 != 0) marks |= Failure::with_reserved;
  if (request.aio_buf != 0) marks |= Failure::with_buffer;
  if (request.aio_lio_opcode == raw::iocb_cmd_poll && request.aio_buf > widest_mask) {
    marks |= Failure::with_wide_mask;
  }
  return static_cast<std::uint8_t>(marks);
}

std::uint8_t narrow(unsigned number) noexcept {
  return static_cast<std::uint8_t>(std::min(number, Failure::no_request - 1U));
}

}  // namespace

static_assert(raw::rwf_supported <= std::numeric_limits<decltype(Failure::flags)>::max());

Error::Error(Call call, int code, const raw::iocb& request) noexcept
    : failure_{.offset = request.aio_offset,
               .number = request.aio_nbytes,
               .code = code,
               .file = static_cast<int>(request.aio_fildes),
               .flags = static_cast<std::uint16_t>(request.aio_rw_flags & raw::rwf_supported),
               .io_priority = (request.aio_flags & raw::iocb_flag_ioprio) != 0
                                  ? static_cast<std::uint16_t>(request.aio_reqprio)
                                  : std::uint16_t{0},
               .call = call,
               .opcode = narrow(request.aio_lio_opcode),
               .zero_bits = narrow(static_cast<unsigned>(std::countr_zero(request.aio_buf))),
               .marks = marks_of(request)} {}

std::string Error::message() const {
  const CallText text = text_of(call());
  std::string message = text.about_request ? detail::describe_request(failure_) : "";
  message += text.words;
  message += ": " + detail::errno_text(code());
  const std::string why = text.explain == nullptr ? "" : text.explain(failure_);
  if (!why.empty()) message += ": " + why;
  return message;
}

}  // namespace linux_aio
