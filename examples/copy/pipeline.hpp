// The pipeline: blocks that are read and written at once, each in its own buffer.
//
//     free buffer -> read of the next block -> write of that block -> free buffer -> ...
//
// A buffer is in exactly one place: it moves into a request, comes back in the completion, and
// moves into the next request. Nothing waits for a whole round of blocks: what one completion
// stages goes to the kernel with the next wait, a few requests at a time, so the disk is never
// without work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <string>

#include "examples/copy/endpoint.hpp"
#include "examples/copy/extents.hpp"
#include "examples/copy/progress.hpp"
#include "examples/copy/text.hpp"

namespace copy {

/// What the pipeline copies, and how. All of it outlives the pipeline.
struct Job {
  const Endpoint& source;
  const Endpoint& destination;
  std::span<const Extent> extents;  // multiples of `alignment`
  std::size_t block_size;           // a multiple of `alignment`
  std::uint32_t depth;
  std::uint64_t alignment;       // of offsets and lengths, for both files
  std::size_t memory_alignment;  // of buffers, for both files
};

/// Copies the extents of one job.
class Pipeline {
 public:
  /// The context needs room for `job.depth` requests, and has to outlive the pipeline.
  Pipeline(linux_aio::Context& context, const Job& job, Progress& progress);
  Pipeline(const Pipeline&) = delete;
  Pipeline(Pipeline&&) = delete;  // continuations point to it
  Pipeline& operator=(const Pipeline&) = delete;
  Pipeline& operator=(Pipeline&&) = delete;
  ~Pipeline() = default;

  /// Copies everything. When it fails, what was in flight is complete and the context is closed.
  [[nodiscard]] Outcome<> run();

 private:
  using Buffer = linux_aio::AlignedBuffer;

  // A part of the file on its way through one buffer.
  struct Block {
    std::uint64_t offset;
    std::size_t wanted;  // bytes of the file
    std::size_t padded;  // the same rounded up to the alignment: bytes to transfer
    std::size_t done;    // bytes that were read, or were written, already
  };

  void fill();
  void begin_next(Buffer buffer);
  void read(Block block, Buffer buffer);
  void on_read(Block block, linux_aio::ReadCompletion<Buffer> completion);
  void write(Block block, Buffer buffer);
  void on_write(Block block, linux_aio::WriteCompletion<Buffer> completion);
  template <class Request, class Continuation>
  void submit(Request request, Continuation continuation);
  [[nodiscard]] bool advance(Block& block, std::size_t transferred) const;
  void fail(std::string why);

  linux_aio::Context& context_;
  const Job& job_;
  Progress& progress_;
  BlockCutter blocks_;
  std::uint64_t copied_ = 0;
  std::string failure_;  // the first; empty while all goes well
};

}  // namespace copy
