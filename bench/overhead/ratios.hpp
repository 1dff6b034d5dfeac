// What a run says: each row's time as a multiple of hand-written C's, in the same run.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace overhead {

// Which of Google Benchmark's times is compared.
enum class Time : std::uint8_t { real, cpu };

// Passes what is measured on to another reporter, and keeps the medians.
class Ratios : public benchmark::BenchmarkReporter {
 public:
  Ratios(std::unique_ptr<benchmark::BenchmarkReporter> shown, Time time);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& report) override;
  void Finalize() override;

  // A table for each work; and which columns are void, because in them the same code twice differs.
  // Then what several threads do in the time of one.
  void print(std::ostream& out) const;

  // What failed, a line each.
  [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }

 private:
  // By batch, in nanoseconds.
  using Medians = std::map<long, double>;
  struct Row {
    std::string name;
    Medians medians;
  };
  // By Google Benchmark's number of a family, which is the order of registration.
  using Rows = std::map<std::int64_t, Row>;

  void keep(const Run& run);
  void print(std::ostream& out, const std::string& name, const Rows& rows) const;

  std::unique_ptr<benchmark::BenchmarkReporter> shown_;
  Time time_;
  std::map<std::string, Rows> works_;
  std::map<std::string, std::map<int, double>> by_threads_;  // nanoseconds, of names
  std::vector<std::string> failures_;
};

}  // namespace overhead
