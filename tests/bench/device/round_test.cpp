// A round, with an engine that does as it is told: what a real one does, device_test.py sees.

#include "bench/device/round.hpp"

#include <fcntl.h>

#include <catch2/catch_all.hpp>
#include <deque>
#include <limits>
#include <set>
#include <thread>
#include <utility>

#include "bench/device/transfer.hpp"
#include "tests/support/child.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

using device::Blocks;
using device::Content;
using device::Engine;
using device::Order;
using device::Plan;
using device::Sample;
using device::Submission;
using device::Transfers;
using linux_aio::testing::Ending;
using linux_aio::testing::in_child;
using linux_aio::testing::pattern;
using linux_aio::testing::TemporaryFile;
using std::chrono::milliseconds;

constexpr std::size_t block_size = 512;
constexpr std::size_t blocks = 64;
constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

enum class Fault : std::uint8_t { none, transfers_nothing, goes_elsewhere, is_short };

// Completes the oldest requests, as many as are waited for, and takes a millisecond for it.
class Obedient : public Engine {
 public:
  explicit Obedient(Transfers& transfers, Fault fault = Fault::none)
      : Engine(transfers), fault_(fault) {}

  void start(std::size_t slot, std::uint64_t offset) override {
    started_.emplace_back(slot, offset);
    most_in_flight_ = std::max(most_in_flight_, started_.size());
  }

  [[nodiscard]] std::optional<Submission> submission() const override { return submission_; }

  [[nodiscard]] std::size_t most_in_flight() const { return most_in_flight_; }

  // For how many there was a wait each time.
  [[nodiscard]] const std::vector<std::size_t>& waits() const { return waits_; }

 private:
  void await(std::size_t at_least) override {
    waits_.push_back(at_least);
    std::this_thread::sleep_for(milliseconds(1));
    for (std::size_t count = 0; count < at_least; ++count) {
      const auto [slot, offset] = started_.front();
      started_.pop_front();
      complete(slot, result_of(slot, offset));
      ++submission_.requests;
    }
    ++submission_.calls;
  }

  long long result_of(std::size_t slot, std::uint64_t offset) {
    const int file = transfers().file.number();
    std::span<std::byte> block = bytes(slot);
    if (fault_ == Fault::transfers_nothing) return static_cast<long long>(block.size());
    if (fault_ == Fault::goes_elsewhere) offset = offset == 0 ? block_size : offset - block_size;
    if (fault_ == Fault::is_short) block = block.first(block.size() / 2);
    return device::transfer(file, transfers().write, block, offset);
  }

  Fault fault_;
  std::size_t most_in_flight_ = 0;
  std::vector<std::size_t> waits_;
  std::deque<std::pair<std::size_t, std::uint64_t>> started_;
  Submission submission_;
};

struct Opened {
  TemporaryFile file{pattern(block_size * blocks)};

  Transfers transfers(std::size_t depth, bool write) {
    auto opened = linux_aio::File::open(file.path().c_str(), linux_aio::Access::read_write);
    Transfers made{.file = std::move(*opened), .write = write, .buffers = {}};
    while (made.buffers.size() < depth) {
      made.buffers.push_back(*linux_aio::AlignedBuffer::allocate(block_size));
    }
    return made;
  }
};

Plan plan_for(std::size_t depth, std::size_t at_least) {
  return {.depth = depth,
          .at_least = at_least,
          .warm_up = milliseconds(0),
          .window = milliseconds(20),
          .most_requests = no_limit};
}

Blocks anywhere() { return {Order::random, block_size, blocks}; }

// How a program ends whose engine has the fault.
Ending checked(Fault fault, bool write) {
  Opened opened;
  return in_child([&] {
    Transfers transfers = opened.transfers(4, write);
    Obedient engine(transfers, fault);
    Content content(transfers);
    Plan plan = plan_for(4, 1);
    plan.window = std::chrono::hours(1);
    plan.most_requests = 20;
    device::run_round(plan, engine, anywhere(), &content);
    return content.compared() == 24 ? 0 : 2;  // and those that were in flight at the end
  });
}

}  // namespace

TEST_CASE("a round keeps as many requests in flight as it is to, and no more") {
  Opened opened;
  Transfers transfers = opened.transfers(8, false);
  Obedient engine(transfers);
  const Sample sample = device::run_round(plan_for(8, 1), engine, anywhere(), nullptr);
  CHECK(engine.most_in_flight() == 8);
  CHECK(engine.waits().front() == 1);
  CHECK(engine.waits().back() == 8);  // nothing is in flight when it returns
  CHECK(sample.latency.count() == engine.waits().size() - 1);
  CHECK(sample.took >= milliseconds(20));
  CHECK(sample.used.sleeps > 0);
  REQUIRE(sample.submission);
  CHECK(sample.submission->requests == sample.latency.count());
}

TEST_CASE("in batches it waits for all that are in flight") {
  Opened opened;
  Transfers transfers = opened.transfers(8, false);
  Obedient engine(transfers);
  const Sample sample = device::run_round(plan_for(8, 8), engine, anywhere(), nullptr);
  CHECK(std::set(engine.waits().begin(), engine.waits().end()) == std::set<std::size_t>{8});
  CHECK(sample.latency.count() == 8 * (engine.waits().size() - 1));
}

TEST_CASE("what completes in the warm-up is not counted") {
  Opened opened;
  Transfers transfers = opened.transfers(1, false);
  Obedient engine(transfers);
  Plan plan = plan_for(1, 1);
  plan.warm_up = milliseconds(40);
  const Sample sample = device::run_round(plan, engine, anywhere(), nullptr);
  const std::size_t all = engine.waits().size() - 1;
  CHECK(sample.latency.count() < all);
  CHECK(sample.latency.count() > 0);
  CHECK(sample.took < milliseconds(40));
  CHECK(sample.submission->calls == sample.latency.count());
}

TEST_CASE("a round ends after so many requests, whatever the time") {
  Opened opened;
  Transfers transfers = opened.transfers(2, false);
  Obedient engine(transfers);
  Plan plan = plan_for(2, 1);
  plan.window = std::chrono::hours(1);
  plan.most_requests = 7;
  CHECK(device::run_round(plan, engine, anywhere(), nullptr).latency.count() == 7);
}

TEST_CASE("a latency is from the start of a request to the end of the wait that brought it") {
  Opened opened;
  Transfers transfers = opened.transfers(4, false);
  Obedient engine(transfers);
  const Sample sample = device::run_round(plan_for(4, 1), engine, anywhere(), nullptr);
  CHECK(sample.latency.per_mille(500) >= 3'960'000);  // each waits for the three before it
}

TEST_CASE("an engine that transfers each block to its place passes the check") {
  for (const bool write : {false, true}) {
    const Ending ending = checked(Fault::none, write);
    CHECK(ending.output.empty());
    CHECK(ending.status == 0);
  }
}

TEST_CASE("an engine that says it has transferred what it has not fails the check") {
  const Ending reads = checked(Fault::transfers_nothing, false);
  CHECK(reads.status == 1);
  CHECK(reads.output.find("what was read at offset ") != std::string::npos);
  const Ending writes = checked(Fault::transfers_nothing, true);
  CHECK(writes.status == 1);
  CHECK(writes.output.find("what was written at offset ") != std::string::npos);
  CHECK(writes.output.find(" is not in the file") != std::string::npos);
}

TEST_CASE("an engine that transfers another block fails the check") {
  CHECK(checked(Fault::goes_elsewhere, false).status == 1);
  CHECK(checked(Fault::goes_elsewhere, true).status == 1);
}

TEST_CASE("a short transfer ends the program, checked or not") {
  const Ending ending = checked(Fault::is_short, false);
  CHECK(ending.status == 1);
  CHECK(ending.output.find("a read was short: 256 bytes of 512") != std::string::npos);
}

TEST_CASE("sequential blocks follow each other, and the first follows the last") {
  Blocks sequence(Order::sequential, block_size, blocks);
  std::uint64_t before = sequence.next();
  std::set<std::uint64_t> seen{before};
  for (std::size_t count = 1; count < blocks; ++count) {
    const std::uint64_t next = sequence.next();
    CHECK(next == (before + block_size) % (block_size * blocks));
    seen.insert(next);
    before = next;
  }
  CHECK(seen.size() == blocks);
}

TEST_CASE("random blocks are whole ones of the file, and after a while all of them") {
  Blocks random(Order::random, block_size, blocks);
  std::set<std::uint64_t> seen;
  for (int count = 0; count < 5000; ++count) {
    const std::uint64_t offset = random.next();
    CHECK(offset % block_size == 0);
    CHECK(offset < block_size * blocks);
    seen.insert(offset);
  }
  CHECK(seen.size() == blocks);
}
