// device_round: one engine transfers blocks of a file for a while, and prints what that took as a
// line of JSON.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "bench/common/fail.hpp"
#include "bench/device/options.hpp"
#include "bench/device/round.hpp"

namespace device {
namespace {

using bench::fail;

constexpr std::uint64_t fewest_checked = 256;

// Of random reads, so many blocks of which one part in 16 has been read twice.
constexpr std::uint64_t cold_part = 8;

template <class T>
T value_or_fail(linux_aio::Result<T> result, const std::string& about) {
  if (!result) fail(about + ": " + result.error().message());
  return std::move(*result);
}

Made make_engine(const Options& options, Transfers& transfers, bool measure_submission) {
  if (options.engine == "linux_aio") return make_linux_aio(transfers, measure_submission);
  if (options.engine == "libaio") return make_libaio(transfers, measure_submission);
  if (options.engine == "io_uring") return make_io_uring(transfers);
  if (options.engine == "blocking") return make_blocking(transfers);
  if (options.engine == "posix_aio") return make_posix_aio(transfers);
  if (options.engine == "thread_pool") {
    return make_thread_pool(transfers, std::min(options.threads, options.depth));
  }
  bench::refuse("no engine is called '" + options.engine + "'");
}

linux_aio::File open_file(const Options& options) {
  using linux_aio::Access;
  return value_or_fail(linux_aio::File::open(options.path.c_str(),
                                             options.write ? Access::read_write : Access::read_only,
                                             {.direct = options.direct}),
                       options.path);
}

// Of a block device, too.
std::uint64_t size_of(const linux_aio::File& file) {
  const off_t size = ::lseek(file.number(), 0, SEEK_END);
  if (size < 0) fail("lseek", errno);
  return static_cast<std::uint64_t>(size);
}

// Without O_DIRECT the buffers are as with it.
linux_aio::AlignedBuffer make_buffer(const Options& options, const linux_aio::File& file) {
  if (!options.direct) {
    return value_or_fail(linux_aio::AlignedBuffer::allocate(options.block_size), "a buffer");
  }
  const linux_aio::DirectIo direct = value_or_fail(file.direct_io(), options.path);
  if (options.block_size % direct.offset_alignment != 0) {
    fail("blocks of " + std::to_string(options.block_size) + " bytes are no multiple of " +
         std::to_string(direct.offset_alignment) + ", which O_DIRECT needs on " + options.path);
  }
  return value_or_fail(linux_aio::AlignedBuffer::allocate(options.block_size, direct), "a buffer");
}

Transfers open_transfers(const Options& options) {
  Transfers transfers{.file = open_file(options), .write = options.write, .buffers = {}};
  transfers.buffers.reserve(options.depth);
  while (transfers.buffers.size() < options.depth) {
    transfers.buffers.push_back(make_buffer(options, transfers.file));
    const std::span<std::byte> bytes = transfers.buffers.back().bytes();
    std::memset(bytes.data(), static_cast<int>(transfers.buffers.size() % 255 + 1), bytes.size());
  }
  return transfers;
}

// What is still to be written would stay.
void drop_from_page_cache(const linux_aio::File& file) {
  if (::fdatasync(file.number()) != 0) fail("fdatasync", errno);
  const int error = ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_DONTNEED);
  if (error != 0) fail("posix_fadvise", error);
}

Plan make_plan(const Options& options, std::uint64_t blocks) {
  Plan plan{.depth = options.depth,
            .at_least = options.batches ? options.depth : 1,
            .warm_up = std::chrono::milliseconds(options.warm_up),
            .window = std::chrono::milliseconds(options.milliseconds),
            .most_requests = std::numeric_limits<std::uint64_t>::max()};
  if (options.cold) {
    plan.most_requests =
        std::max<std::uint64_t>(options.sequential ? blocks : blocks / cold_part, 1);
  }
  if (options.check) {
    plan.window = std::chrono::minutes(1);
    plan.most_requests = std::max<std::uint64_t>(2 * options.depth, fewest_checked);
  }
  return plan;
}

// Measures with a new engine, which is gone when it returns.
Sample measure(const Options& options, Transfers& transfers, bool measure_submission,
               Content* content) {
  if (options.cold) drop_from_page_cache(transfers.file);
  const std::uint64_t blocks = size_of(transfers.file) / options.block_size;
  if (blocks == 0) fail(options.path + " has not one block");
  const Made engine = make_engine(options, transfers, measure_submission);
  if (!engine) {
    std::fprintf(stderr, "%s\n", engine.error().c_str());
    std::exit(bench::not_here);
  }
  const Order order = options.sequential ? Order::sequential : Order::random;
  return run_round(make_plan(options, blocks), **engine, Blocks(order, options.block_size, blocks),
                   content);
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

void print(const Sample& sample, const std::optional<Submission>& submission,
           std::uint64_t compared) {
  const Histogram& latency = sample.latency;
  std::printf(R"({"requests": %llu, "seconds": %.6f, "user": %.6f, "system": %.6f, )",
              static_cast<unsigned long long>(latency.count()), seconds(sample.took),
              sample.used.user, sample.used.system);
  std::printf(R"("sleeps": %llu, "compared": %llu, "latency": {)",
              static_cast<unsigned long long>(sample.used.sleeps),
              static_cast<unsigned long long>(compared));
  std::printf(R"("p50": %llu, "p99": %llu, "p99.9": %llu}, "submission": )",
              static_cast<unsigned long long>(latency.per_mille(500)),
              static_cast<unsigned long long>(latency.per_mille(990)),
              static_cast<unsigned long long>(latency.per_mille(999)));
  if (!submission) {
    std::puts("null}");
    return;
  }
  std::printf(R"({"requests": %llu, "calls": %llu, "calls_that_slept": %llu, "seconds": %.6f}})",
              static_cast<unsigned long long>(submission->requests),
              static_cast<unsigned long long>(submission->calls),
              static_cast<unsigned long long>(submission->calls_that_slept),
              seconds(submission->inside));
  std::puts("");
}

void probe(const Options& options) {
  const linux_aio::File file = open_file(options);
  const linux_aio::AlignedBuffer buffer = make_buffer(options, file);
  std::printf("{\"size\": %llu}\n", static_cast<unsigned long long>(size_of(file)));
}

// Measuring io_submit costs system calls, so that it has a time of its own.
void run(const Options& options) {
  Transfers transfers = open_transfers(options);
  if (options.check) {
    Content content(transfers);
    const Sample sample = measure(options, transfers, false, &content);
    print(sample, std::nullopt, content.compared());
    return;
  }
  const Sample sample = measure(options, transfers, false, nullptr);
  std::optional<Submission> submission;
  if (options.engine == "linux_aio" || options.engine == "libaio") {
    Options shorter = options;
    shorter.milliseconds = (options.milliseconds + 2) / 3;
    submission = measure(shorter, transfers, true, nullptr).submission;
  }
  print(sample, submission, 0);
  // Else the next round would be disturbed.
  if (options.write && !options.direct && ::fdatasync(transfers.file.number()) != 0) {
    fail("fdatasync", errno);
  }
}

int main(const Options& options) {
  if (options.probe) {
    probe(options);
  } else {
    run(options);
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace device

int main(int argc, char** argv) { return device::main(device::parse(argc, argv)); }
