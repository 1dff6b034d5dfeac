// Two threads, each with a context and a file of its own: how much more they do than one.

#include <linux_aio/linux_aio.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bench/overhead/engines.hpp"
#include "bench/overhead/measure.hpp"

namespace overhead {
namespace {

namespace aio = linux_aio;

constexpr std::size_t batch = 16;
constexpr std::size_t length = 4096;
// Google Benchmark's default is too little: the beginning of a thread would count.
constexpr double seconds = 0.5;

class Reader {
 public:
  static aio::Result<Reader> create() {
    auto context = aio::Context::create({.capacity = batch});
    if (!context) return std::unexpected(context.error());
    auto file = aio::File::open("/dev/zero", aio::Access::read_only);
    if (!file) return std::unexpected(file.error());
    Reader reader(std::move(*context), std::move(*file));
    for (std::size_t index = 0; index < batch; ++index) {
      auto buffer = aio::AlignedBuffer::allocate(length);
      if (!buffer) return std::unexpected(buffer.error());
      reader.buffers_.push_back(std::move(*buffer));
    }
    return reader;
  }

  // Whether all of a batch was read.
  bool read() {
    std::size_t total = 0;
    for (aio::AlignedBuffer& buffer : buffers_) {
      aio::AlignedBuffer* const back = &buffer;
      const auto accepted =
          context_.submit(aio::read(file_).into(std::move(buffer)), [&total, back](auto done) {
            total += done.result.value_or(0);
            *back = std::move(done.buffer);
          });
      if (!accepted) return false;
    }
    return context_.wait(batch) == batch && total == batch * length;
  }

 private:
  Reader(aio::Context context, aio::File file)
      : context_(std::move(context)), file_(std::move(file)) {}

  aio::Context context_;
  aio::File file_;
  std::vector<aio::AlignedBuffer> buffers_;
};

void measure_threads(benchmark::State& state) {
  if (state.thread_index() == 0) show_progress();
  auto reader = Reader::create();
  if (!reader) return state.SkipWithError(reader.error().message().c_str());
  for ([[maybe_unused]] auto _ : state) {
    if (!reader->read()) return state.SkipWithError("not all was read");
  }
}

}  // namespace

LeftOut add_two_threads(std::vector<Work>& /*works*/) {
  if (auto reader = Reader::create(); !reader) return reader.error().message();
  constexpr Fits the_batch = [](std::size_t size) { return size == batch; };
  register_benchmark("zero_read_4096/submit_in_threads", the_batch, measure_threads)
      .ThreadRange(1, 2)
      ->UseRealTime()
      ->MinTime(seconds);
  return std::nullopt;
}

}  // namespace overhead
