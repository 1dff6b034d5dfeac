// Whether an engine transfers what it is to transfer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux_aio/aligned_buffer.hpp>

#include "bench/device/engine.hpp"

namespace device {

// Compares each block with what pread(2) finds in its place in the file.
class Content {
 public:
  explicit Content(Transfers& transfers);

  // Before a request is started: to be written is what was not in the file, and is so by offset.
  void prepare(std::size_t slot, std::uint64_t offset);

  // After it has completed. Ends the program if the block in the file is another.
  void compare(std::size_t slot, std::uint64_t offset);

  [[nodiscard]] std::uint64_t compared() const { return compared_; }

 private:
  Transfers& transfers_;
  linux_aio::AlignedBuffer in_file_;
  std::uint64_t run_;
  std::uint64_t compared_ = 0;
};

}  // namespace device
