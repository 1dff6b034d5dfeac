// The table of segments: what is staged in it stays there until the kernel has it.
#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <memory>
#include <vector>

#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/task.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;

using Buffers = std::vector<Bytes>;
constexpr std::size_t many = 1000;  // of which 4 fit into the table

/// A kernel with room for one request.
class Narrow {
 public:
  Narrow() {
    kernel_.io_submit = [this](auto handle, long, auto requests) -> long {
      if (in_kernel_ == 1) return -EAGAIN;
      const long result = raw::io_submit(handle, 1, requests);
      if (result > 0) ++in_kernel_;
      return result;
    };
    kernel_.io_getevents = [this](auto handle, long least, long most, auto events, auto timeout) {
      const long result = raw::io_getevents(handle, least, most, events, timeout);
      if (result > 0) in_kernel_ -= result;
      return result;
    };
  }

 private:
  long in_kernel_ = 0;
  InterposedKernel kernel_;
};

// 1 or 0, to be added up.
std::size_t is_right(const aio::VectoredCompletion<Buffers>& done, std::size_t seed) {
  Bytes all;
  for (const Bytes& each : done.buffers) all.insert(all.end(), each.begin(), each.end());
  return done.result == many && all == pattern(many, static_cast<unsigned>(seed)) ? 1 : 0;
}

class Files {
 public:
  Files() {
    for (unsigned seed = 0; seed < 20; ++seed) {
      files_.push_back(std::make_unique<TemporaryFile>(pattern(many, seed)));
    }
  }
  [[nodiscard]] aio::VectoredRead<Buffers> read(std::size_t seed, std::size_t count = many) const {
    return aio::read(borrowed(*files_[seed])).into(Buffers(count, Bytes(1)));
  }

 private:
  std::vector<std::unique_ptr<TemporaryFile>> files_;
};

}  // namespace

TEST_CASE(
    "a full table of segments refuses a request while the kernel has no room, and only then") {
  const Narrow narrow;
  const Files files;
  aio::Context context = make_context_without_ring();
  std::size_t right = 0;
  std::size_t accepted = 0;
  for (;; ++accepted) {
    const auto submitted =
        context.submit(files.read(accepted),
                       [&, seed = accepted](const auto& done) { right += is_right(done, seed); });
    if (submitted) continue;
    REQUIRE(submitted.error().error == aio::Error(aio::Call::submit, EAGAIN));
    REQUIRE(
        submitted.error().error.message() ==
        "submit: EAGAIN (Resource temporarily unavailable): run() waits for room, or the kernel "
        "has none for what is staged: wait() makes it");
    break;
  }
  // Four before the table is full; then the first goes out, and leaves its place to a fifth.
  REQUIRE(accepted == 5);
  REQUIRE(context.in_flight() == 5);
  // A request without segments has room.
  submit(context, aio::fsync(aio::BorrowedFd(-1)), [](const auto&) {});
  REQUIRE(must(context.wait(6)) == 6);
  REQUIRE(right == 5);
  submit(context, files.read(7), [&](const auto& done) { right += is_right(done, 7); });
  REQUIRE(must(context.wait(1)) == 1);
  REQUIRE(right == 6);
}

TEST_CASE("segments of what has gone out are free, though something is always staged") {
  const Narrow narrow;
  const Files files;
  aio::Context context = make_context_without_ring();
  std::size_t right = 0;
  for (std::size_t index = 0; index < 60; ++index) {
    const std::size_t seed = index % 20;
    if (index % 3 != 0) {
      submit(context, files.read(seed),
             [&, seed](const auto& done) { right += is_right(done, seed); });
    } else {  // which has no segments, for the kernel does not take so many
      submit(context, files.read(seed, 1025), [&](const auto& done) {
        if (code_of(done.result) == EINVAL) ++right;
      });
    }
    while (context.in_flight() > 3) must(context.wait());
  }
  must(context.close());
  REQUIRE(right == 60);
}

TEST_CASE("run waits for room in the table of segments, and so do coroutines") {
  const Narrow narrow;
  const Files files;
  aio::Context context = make_context_without_ring();
  std::size_t right = 0;
  const auto start = [&](std::size_t seed) -> Task {
    auto done = co_await context.async(files.read(seed));
    right += is_right(done, seed);
  };
  std::vector<Task> tasks;
  for (std::size_t seed = 0; seed < 12; ++seed) tasks.push_back(start(seed));
  REQUIRE(context.in_flight() < 12);
  std::vector<aio::VectoredRead<Buffers>> requests;
  requests.reserve(8);
  for (std::size_t seed = 12; seed < 20; ++seed) requests.push_back(files.read(seed));
  context.run_each(
      requests, [&](std::size_t index, const auto& done) { right += is_right(done, 12 + index); });
  while (context.in_flight() != 0) must(context.wait());
  for (const Task& task : tasks) REQUIRE(task.done());
  REQUIRE(right == 20);
}

TEST_CASE("cancelling what is staged leaves the segments of the others as they are") {
  const Narrow narrow;
  const Files files;
  aio::Context context = make_context_without_ring();
  std::size_t right = 0;
  std::size_t cancelled = 0;
  std::vector<aio::RequestId> ids;
  for (std::size_t seed = 0; seed < 4; ++seed) {
    auto id = context.submit(files.read(seed), [&, seed](const auto& done) {
      right += is_right(done, seed);
      if (!done.result && done.result.error().code() == ECANCELED) ++cancelled;
    });
    REQUIRE(id);
    ids.push_back(*id);
  }
  REQUIRE(context.cancel(ids[1]) == aio::Cancel::requested);
  REQUIRE(context.cancel(ids[3]) == aio::Cancel::requested);
  must(context.close());
  REQUIRE(right == 2);
  REQUIRE(cancelled == 2);
}
