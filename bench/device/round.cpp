#include "bench/device/round.hpp"

#include <utility>
#include <vector>

namespace device {
namespace {

using Clock = std::chrono::steady_clock;

class Round {
 public:
  Round(const Plan& plan, Engine& engine, Blocks blocks, Content* content)
      : plan_(plan), engine_(engine), blocks_(blocks), content_(content), requests_(plan.depth) {}

  void start_all() {
    now_ = Clock::now();
    for (std::size_t slot = 0; slot < plan_.depth; ++slot) start(slot);
  }

  // Until the time is over, or so many have completed.
  void keep_going(std::chrono::nanoseconds time) {
    const Clock::time_point end = now_ + time;
    while (now_ < end && completed_ < plan_.most_requests) {
      for (const std::size_t slot : wait(plan_.at_least)) {
        sample_.latency.record(
            static_cast<std::uint64_t>((now_ - requests_[slot].started).count()));
        ++completed_;
        start(slot);
      }
    }
  }

  Sample measure(std::chrono::nanoseconds time) {
    sample_ = {};
    const Clock::time_point begun = now_;
    const bench::Usage before = bench::usage();
    const std::optional<Submission> submitted = engine_.submission();
    keep_going(time);
    const bench::Usage after = bench::usage();
    sample_.took = now_ - begun;
    sample_.used = {.user = after.user - before.user,
                    .system = after.system - before.system,
                    .sleeps = after.sleeps - before.sleeps};
    if (submitted) sample_.submission = since(*submitted);
    return sample_;
  }

  void finish() { wait(plan_.depth); }

 private:
  struct Request {
    Clock::time_point started;
    std::uint64_t offset = 0;
  };

  void start(std::size_t slot) {
    Request& request = requests_[slot];
    request = {.started = now_, .offset = blocks_.next()};
    if (content_ != nullptr) content_->prepare(slot, request.offset);
    engine_.start(slot, request.offset);
  }

  // One look at the clock serves all that completed together, and those started in their place.
  std::span<const std::size_t> wait(std::size_t at_least) {
    const std::span<const std::size_t> slots = engine_.wait(at_least);
    now_ = Clock::now();
    if (content_ != nullptr) {
      for (const std::size_t slot : slots) content_->compare(slot, requests_[slot].offset);
    }
    return slots;
  }

  [[nodiscard]] Submission since(const Submission& before) const {
    const Submission after = engine_.submission().value_or(before);
    return {.requests = after.requests - before.requests,
            .calls = after.calls - before.calls,
            .calls_that_slept = after.calls_that_slept - before.calls_that_slept,
            .inside = after.inside - before.inside};
  }

  const Plan& plan_;
  Engine& engine_;
  Blocks blocks_;
  Content* content_;
  std::vector<Request> requests_;  // by slot
  Clock::time_point now_;
  std::uint64_t completed_ = 0;
  Sample sample_;
};

}  // namespace

Sample run_round(const Plan& plan, Engine& engine, Blocks blocks, Content* content) {
  Round round(plan, engine, blocks, content);
  round.start_all();
  round.keep_going(plan.warm_up);
  Sample sample = round.measure(plan.window);
  round.finish();
  return sample;
}

}  // namespace device
