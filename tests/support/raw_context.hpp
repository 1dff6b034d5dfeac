// A context of the raw layer that a test need not destroy.
#pragma once

#include <catch2/catch_all.hpp>
#include <initializer_list>
#include <linux_aio/raw.hpp>
#include <vector>

namespace linux_aio::testing {

class RawContext {
 public:
  explicit RawContext(unsigned nr_events = 8) { REQUIRE(raw::io_setup(nr_events, &handle_) == 0); }
  RawContext(const RawContext&) = delete;
  RawContext& operator=(const RawContext&) = delete;
  ~RawContext() {
    if (handle_ != 0) static_cast<void>(raw::io_destroy(handle_));
  }

  [[nodiscard]] raw::aio_context_t handle() const { return handle_; }

  [[nodiscard]] long submit(std::initializer_list<raw::iocb*> requests) const {
    std::vector<raw::iocb*> array(requests);
    return raw::io_submit(handle_, static_cast<long>(array.size()), array.data());
  }

  /// The next completion; waits for it, but not for ever.
  [[nodiscard]] raw::io_event next_event() const {
    raw::io_event event{};
    raw::getevents_timespec timeout{.tv_sec = 30, .tv_nsec = 0};
    REQUIRE(raw::io_getevents(handle_, 1, 1, &event, &timeout) == 1);
    return event;
  }

  /// Submits `request`, which must be accepted, and returns its result.
  [[nodiscard]] std::int64_t result_of(raw::iocb& request) const {
    REQUIRE(submit({&request}) == 1);
    return next_event().res;
  }

  /// Whether no completion is there.
  [[nodiscard]] bool has_no_event() const {
    raw::io_event event{};
    raw::getevents_timespec none{};
    return raw::io_getevents(handle_, 0, 1, &event, &none) == 0;
  }

 private:
  raw::aio_context_t handle_ = 0;
};

}  // namespace linux_aio::testing
