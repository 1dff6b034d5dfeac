// Kernels that do all that they may.
#pragma once

#include "tests/mixture/random.hpp"
#include "tests/support/interposed_kernel.hpp"

namespace linux_aio::testing {

/// Accepts a part of a batch, is interrupted, has room for few requests, and reports them one by
/// one. With `ring` only the first two: what is read from the ring it does not see, so that it
/// could not count what is in the kernel.
class HostileKernel {
 public:
  static constexpr long room = 6;

  HostileKernel(Random& random, bool ring);

  /// How many requests the kernel has; 0 always with `ring`.
  [[nodiscard]] long in_kernel() const { return in_kernel_; }

 private:
  [[nodiscard]] long submit(raw::aio_context_t handle, long count, raw::iocb** requests);
  [[nodiscard]] long counted(long result);

  Random& random_;
  bool ring_;
  long in_kernel_ = 0;
  InterposedKernel kernel_;
};

}  // namespace linux_aio::testing
