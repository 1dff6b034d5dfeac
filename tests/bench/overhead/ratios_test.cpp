#include "bench/overhead/ratios.hpp"

#include <catch2/catch_all.hpp>
#include <cstdint>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

using benchmark::BenchmarkReporter;
using overhead::Ratios;
using overhead::Time;
using Run = BenchmarkReporter::Run;

class Silent : public BenchmarkReporter {
 public:
  explicit Silent(std::size_t& seen) : seen_(seen) {}
  bool ReportContext(const Context& /*context*/) override { return true; }
  void ReportRuns(const std::vector<Run>& report) override { seen_ += report.size(); }

 private:
  std::size_t& seen_;
};

Run median(const char* name, const char* batch, std::int64_t family, double nanoseconds) {
  Run run;
  run.run_name.function_name = name;
  run.run_name.args = batch;
  run.family_index = family;
  run.run_type = Run::RT_Aggregate;
  run.aggregate_name = "median";
  run.repetitions = 3;
  run.real_accumulated_time = nanoseconds * 1e-9;
  run.cpu_accumulated_time = 2 * run.real_accumulated_time * static_cast<double>(family + 1);
  return run;
}

// Google Benchmark has other names for it since 1.8.
template <class AnyRun>
void fail(AnyRun& run, const char* why) {
  if constexpr (requires { run.error_occurred; }) {
    run.error_occurred = true;
    run.error_message = why;
  } else {
    run.skipped = decltype(run.skipped)::SkippedWithError;
    run.skip_message = why;
  }
}

std::string printed(const std::vector<Run>& runs, Time time = Time::real) {
  std::size_t seen = 0;
  Ratios ratios(std::make_unique<Silent>(seen), time);
  ratios.ReportRuns(runs);
  CHECK(seen == runs.size());
  std::ostringstream out;
  ratios.print(out);
  return out.str();
}

}  // namespace

TEST_CASE("rows are multiples of hand-written C in the order in which they were registered") {
  const std::string text = printed({
      median("later/by_hand", "batch:1", 3, 100),
      median("work/raw", "batch:4", 2, 250),
      median("work/by_hand_again", "batch:4", 1, 200),
      median("work/by_hand", "batch:4", 0, 200),
      median("work/by_hand", "batch:1", 0, 100),
      median("work/by_hand_again", "batch:1", 1, 100),
      median("later/by_hand_again", "batch:1", 4, 100),
  });
  CHECK(text ==
        "\nwork: time in that of hand-written C (medians)\n"
        "  batch                            1           4\n"
        "  by_hand                     100 ns      200 ns\n"
        "  by_hand_again (A/A)          1.000       1.000\n"
        "  raw                              -       1.250\n"
        "\nlater: time in that of hand-written C (medians)\n"
        "  batch                            1\n"
        "  by_hand                     100 ns\n"
        "  by_hand_again (A/A)          1.000\n");
}

TEST_CASE("a column is void where the same code twice differs by more than half a percent") {
  const std::string text = printed({
      median("work/by_hand", "batch:1", 0, 1000),
      median("work/by_hand_again", "batch:1", 1, 1004.9),
      median("work/by_hand", "batch:4", 0, 1000),
      median("work/by_hand_again", "batch:4", 1, 1013),
      median("work/by_hand", "batch:16", 0, 1000),
      median("work/by_hand_again", "batch:16", 1, 993),
      median("work/by_hand", "batch:64", 0, 1000),
  });
  CHECK(text.find("at batch 1\n") == std::string::npos);
  CHECK(text.find("  void: A/A is off by 1.30 % at batch 4\n") != std::string::npos);
  CHECK(text.find("  void: A/A is off by 0.70 % at batch 16\n") != std::string::npos);
  CHECK(text.find("  void: there is no A/A row at batch 64\n") != std::string::npos);
}

TEST_CASE("the time of all threads can be compared instead") {
  const std::vector runs{median("work/by_hand", "batch:1", 0, 100),
                         median("work/raw", "batch:1", 1, 100)};
  CHECK(printed(runs).find("raw                          1.000\n") != std::string::npos);
  const std::string text = printed(runs, Time::cpu);
  CHECK(text.find("work: CPU time in that") != std::string::npos);
  CHECK(text.find("raw                          2.000\n") != std::string::npos);
}

TEST_CASE("of repetitions only the median counts, and of a single one itself") {
  Run one = median("work/by_hand", "batch:1", 0, 7);
  one.run_type = Run::RT_Iteration;
  Run mean = median("work/by_hand", "batch:1", 0, 8);
  mean.aggregate_name = "mean";
  CHECK(printed({median("work/by_hand", "batch:1", 0, 5), one, mean}).find(" 5 ns") !=
        std::string::npos);
  one.repetitions = 1;
  CHECK(printed({one}).find(" 7 ns") != std::string::npos);
}

TEST_CASE("without hand-written C there are no ratios, and that is said") {
  CHECK(printed({median("work/raw", "batch:1", 0, 5)}) ==
        "\nwork: no ratios, for by_hand was not measured\n");
}

TEST_CASE("what threads do is told in what one does") {
  std::vector<Run> runs{median("work/in_threads", "batch:1", 0, 100),
                        median("work/in_threads", "batch:1", 0, 52)};
  runs[0].run_name.threads = "threads:1";
  runs[0].threads = 1;
  runs[1].run_name.threads = "threads:2";
  runs[1].threads = 2;
  CHECK(
      printed(runs) ==
      "\nwork/in_threads: 2 threads, each with a context and a file of its own, do 1.92 times what "
      "one does\n");
  runs.erase(runs.begin());
  CHECK(printed(runs).empty());
}

TEST_CASE("what failed is kept with its reason, and is in no table") {
  std::size_t seen = 0;
  Ratios ratios(std::make_unique<Silent>(seen), Time::real);
  Run failed = median("work/by_hand", "batch:1", 0, 5);
  failed.aggregate_name = "";
  fail(failed, "a batch gave 0 instead of 512");
  ratios.ReportRuns({failed});
  REQUIRE(ratios.failures().size() == 1);
  CHECK(ratios.failures().front().find("work/by_hand/batch:1") == 0);
  CHECK(ratios.failures().front().find(": a batch gave 0 instead of 512") != std::string::npos);
  std::ostringstream out;
  ratios.print(out);
  CHECK(out.str().empty());
}
