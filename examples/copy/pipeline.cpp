#include "examples/copy/pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "examples/copy/signals.hpp"

namespace copy {

namespace aio = linux_aio;

namespace {

std::string about(const Endpoint& endpoint, const aio::Error& error) {
  return format("'%s': %s", endpoint.path.c_str(), error.message().c_str());
}

}  // namespace

Pipeline::Pipeline(aio::Context& context, const Job& job, Progress& progress)
    : context_(context), job_(job), progress_(progress), blocks_(job.extents, job.block_size) {}

Outcome<> Pipeline::run() {
  using namespace std::chrono_literals;
  fill();
  while (failure_.empty() && context_.in_flight() != 0) {
    // Submits what is staged and runs the continuations of what is complete. It resumes after a
    // signal, so it may not wait for long: a disk that hangs must not make the program deaf.
    if (const auto waited = context_.wait(1, 100ms); !waited) fail(waited.error().message());
    if (interrupted()) fail("interrupted");
    progress_.update(copied_);
  }
  if (failure_.empty()) return {};
  if (const auto closed = context_.close(); !closed) fail(closed.error().message());
  return std::unexpected(failure_);
}

// Begins as many blocks as may be under way. From then on, each that ends begins another.
void Pipeline::fill() {
  while (!blocks_.empty() && context_.in_flight() < job_.depth) {
    auto buffer = Buffer::allocate(job_.block_size, job_.memory_alignment);
    if (!buffer) return fail(buffer.error().message());
    begin_next(std::move(*buffer));
  }
}

// Reads the next block into `buffer`; frees the buffer if there is none.
void Pipeline::begin_next(Buffer buffer) {
  if (blocks_.empty()) return;
  const Extent next = blocks_.next();
  const std::uint64_t end = std::min(next.end, job_.source.size());
  read({.offset = next.begin,
        .wanted = static_cast<std::size_t>(end - next.begin),
        .padded = static_cast<std::size_t>(next.end - next.begin),
        .done = 0},
       std::move(buffer));
}

void Pipeline::read(Block block, Buffer buffer) {
  submit(aio::read(job_.source.file)
             .into(std::move(buffer))
             .slice(block.done, block.padded - block.done)
             .at(block.offset + block.done),
         [this, block](auto completion) { on_read(block, std::move(completion)); });
}

void Pipeline::on_read(Block block, aio::ReadCompletion<Buffer> completion) {
  if (!completion.result) return fail(about(job_.source, completion.result.error()));
  const std::size_t end = block.done + *completion.result;
  if (end < block.wanted) {
    if (!advance(block, *completion.result)) {
      return fail(format("'%s' ends before its size says: is it being cut off, or a file of /sys?",
                         job_.source.path.c_str()));
    }
    return read(block, std::move(completion.buffer));
  }
  // Past the end of the source there is what the buffer's last block left.
  std::ranges::fill(completion.buffer.bytes().subspan(block.wanted, block.padded - block.wanted),
                    std::byte{0});
  block.done = 0;
  write(block, std::move(completion.buffer));
}

void Pipeline::write(Block block, Buffer buffer) {
  submit(aio::write(job_.destination.file)
             .from(std::move(buffer))
             .slice(block.done, block.padded - block.done)
             .at(block.offset + block.done),
         [this, block](auto completion) { on_write(block, std::move(completion)); });
}

void Pipeline::on_write(Block block, aio::WriteCompletion<Buffer> completion) {
  if (!completion.result) return fail(about(job_.destination, completion.result.error()));
  if (block.done + *completion.result < block.padded) {
    if (!advance(block, *completion.result)) {
      return fail(format("'%s' accepts no more data", job_.destination.path.c_str()));
    }
    return write(block, std::move(completion.buffer));
  }
  copied_ += block.wanted;
  begin_next(std::move(completion.buffer));
}

// Hands a request to the context, unless the copy has failed already: then its buffer is freed.
template <class Request, class Continuation>
void Pipeline::submit(Request request, Continuation continuation) {
  if (!failure_.empty()) return;
  auto accepted = context_.submit(std::move(request), std::move(continuation));
  if (!accepted) fail(accepted.error().error.message());
}

// After a short transfer: moves on to where the next may begin, and says whether that is further
// than before. With O_DIRECT it is a multiple of the alignment, so some bytes may come again.
bool Pipeline::advance(Block& block, std::size_t transferred) const {
  const std::size_t before = block.done;
  block.done = static_cast<std::size_t>(align_down(before + transferred, job_.alignment));
  return block.done > before;
}

// Later failures are mostly consequences of the first.
void Pipeline::fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
}

}  // namespace copy
