// A kernel context for trials, one request at a time.
#pragma once

#include <cstdint>
#include <linux_aio/raw/abi.hpp>
#include <linux_aio/trial.hpp>

namespace linux_aio::detail {

enum class Direction : bool { read, write };

/// What a system call that returned `-code`, or 0, is found to be.
[[nodiscard]] Trial trial_of(int code) noexcept;

class TrialContext {
 public:
  static constexpr std::uint32_t capacity = 8;

  /// What became of a request.
  struct Answer {
    bool accepted;        // by io_submit
    bool reaped;          // and its completion was there
    std::int64_t result;  // of the completion, or -errno of the refusal
  };

  TrialContext() noexcept;
  TrialContext(const TrialContext&) = delete;
  TrialContext& operator=(const TrialContext&) = delete;
  ~TrialContext();

  [[nodiscard]] Trial io_setup() const noexcept { return io_setup_; }
  [[nodiscard]] Trial io_submit() const noexcept;
  [[nodiscard]] Trial io_getevents() const noexcept { return io_getevents_; }
  [[nodiscard]] Trial io_pgetevents() const noexcept { return io_pgetevents_; }
  [[nodiscard]] Trial io_cancel() const noexcept;
  [[nodiscard]] Trial io_destroy() noexcept;  // the context cannot be used afterwards

  /// Submits `request` and waits for its completion, a second at most.
  [[nodiscard]] Answer answer_to(raw::iocb request) const noexcept;

  /// The errno with which io_submit refuses a transfer whose array of buffers is nowhere: not a
  /// byte is transferred, whatever the file is. EFAULT: all else is in order, flags included.
  [[nodiscard]] int refusal_of(int fd, Direction direction, raw::kernel_rwf_t flags) const noexcept;

  /// Whether the kernel knows a flag: `undecided` before Linux 6.9.
  [[nodiscard]] Finding knows(int fd, Direction direction, raw::kernel_rwf_t flag) const noexcept;

 private:
  [[nodiscard]] long reap(long least, raw::io_event& event) const noexcept;

  raw::aio_context_t handle_ = 0;
  Trial io_setup_;
  Trial io_getevents_;
  Trial io_pgetevents_;
};

}  // namespace linux_aio::detail
