// The short way from staged requests into the kernel, for whom a call of a function is long.
#pragma once

#include <algorithm>
#include <cstddef>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/raw/syscall.hpp>

namespace linux_aio::detail {

inline bool is_poll(const raw::iocb& request) noexcept {
  return request.aio_lio_opcode == raw::iocb_cmd_poll;
}

// Transfers that the kernel has and is not done with; or fewer, while polls are staged or complete.
inline std::size_t Engine::busy() const noexcept {
  const std::size_t others = ring_.size() + polls_;
  return in_kernel_ > others ? in_kernel_ - others : 0;
}

[[gnu::always_inline]] inline long Engine::submit(std::size_t first, std::size_t count) noexcept {
  raw::iocb** const requests = staged_.get() + first;
  ++statistics_.io_submit_calls;
  if (measure_submission_) return measured_submit(static_cast<long>(count), requests);
  return raw::io_submit(handle_, static_cast<long>(count), requests);
}

// For what is staged, of which there must be something.
[[gnu::always_inline]] inline std::size_t Engine::flush_staged() noexcept {
  if (in_kernel_ + staged_count_ > at_once_) return flush_in_parts(0);
  const long result = submit(0, staged_count_);
  if (result != static_cast<long>(staged_count_)) return flush_after(result);
  in_kernel_ += staged_count_;
  statistics_.accepted += staged_count_;
  staged_count_ = 0;
  segments_used_ = 0;
  if (at_once_ > first_part_ && busy() != 0) at_once_ = std::min(first_part_, limit_);
  return 0;
}

}  // namespace linux_aio::detail
