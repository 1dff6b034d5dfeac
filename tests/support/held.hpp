// A request that the real kernel keeps in flight for as long as a test likes.
#pragma once

#include <poll.h>

#include <cstddef>
#include <linux_aio/error.hpp>
#include <linux_aio/raw/prep.hpp>
#include <utility>

#include "tests/support/temporary_file.hpp"

namespace linux_aio::testing {

/// Completes when `pipe` is fed. Owns its cargo as a read owns its buffer.
template <class Cargo = int>
class Held {
 public:
  struct Completion {
    Result<std::size_t> result;
    Cargo cargo;
  };
  static constexpr bool owns_memory = true;

  explicit Held(const Pipe& pipe, Cargo cargo = {}) noexcept
      : fd_(pipe.read_end()), in_flight_{std::move(cargo)} {}

  void lower(raw::iocb& request) noexcept { raw::prep_poll(request, fd_, POLLIN); }

  struct InFlight {
    using MayNeverComplete = void;

    Cargo cargo;

    template <class Visit>
    void visit_exclusive_memory(Visit&& /*visit*/) noexcept {}
    [[nodiscard]] Completion complete(const Result<std::size_t>& outcome) && noexcept {
      return {outcome, std::move(cargo)};
    }
  };
  [[nodiscard]] InFlight& in_flight() noexcept { return in_flight_; }

 private:
  int fd_;
  InFlight in_flight_;
};

}  // namespace linux_aio::testing
