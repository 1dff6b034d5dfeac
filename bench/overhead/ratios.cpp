#include "bench/overhead/ratios.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iomanip>
#include <string_view>
#include <utility>

#include "bench/overhead/engines.hpp"

namespace overhead {
namespace {

constexpr double tolerance = 0.005;

std::string fixed(double value, int decimals) {
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 std::chars_format::fixed, decimals);
  return {digits.data(), end.ptr};
}

// Why the run failed; null if it did not. Google Benchmark has other names for it since 1.8.
template <class Run>
const std::string* failure(const Run& run) {
  if constexpr (requires { run.error_occurred; }) {
    return run.error_occurred ? &run.error_message : nullptr;
  } else {
    return run.skipped != decltype(run.skipped)::NotSkipped ? &run.skip_message : nullptr;
  }
}

std::ostream& begin_row(std::ostream& out, std::string_view name) {
  return out << "\n  " << std::left << std::setw(22) << name << std::right;
}

// Of "batch:16"; 0 if there is none.
long batch_of(std::string_view arguments) {
  arguments.remove_prefix(std::min(arguments.find(':') + 1, arguments.size()));
  long batch = 0;
  std::from_chars(arguments.data(), arguments.data() + arguments.size(), batch);
  return batch;
}

// Which columns mean nothing.
void print_void(std::ostream& out, const std::map<long, double>& unit,
                const std::map<long, double>& again) {
  for (const auto& [batch, nanoseconds] : unit) {
    const auto found = again.find(batch);
    if (found == again.end()) {
      out << "  void: there is no A/A row at batch " << batch << '\n';
      continue;
    }
    const double off = std::abs(found->second / nanoseconds - 1);
    if (off > tolerance) {
      out << "  void: A/A is off by " << fixed(off * 100, 2) << " % at batch " << batch << '\n';
    }
  }
}

// How much more is done in the same time by more threads than one.
void print_speed(std::ostream& out, const std::string& name, const std::map<int, double>& times) {
  const auto one = times.find(1);
  if (one == times.end()) return;
  for (const auto& [threads, nanoseconds] : times) {
    if (threads == 1) continue;
    out << '\n'
        << name << ": " << threads << " threads, each with a context and a file of its own, do "
        << fixed(one->second / nanoseconds, 2) << " times what one does\n";
  }
}

}  // namespace

Ratios::Ratios(std::unique_ptr<benchmark::BenchmarkReporter> shown, Time time)
    : shown_(std::move(shown)), time_(time) {}

bool Ratios::ReportContext(const Context& context) { return shown_->ReportContext(context); }

void Ratios::ReportRuns(const std::vector<Run>& report) {
  for (const Run& run : report) keep(run);
  shown_->ReportRuns(report);
}

void Ratios::Finalize() { shown_->Finalize(); }

void Ratios::keep(const Run& run) {
  const bool single = run.run_type == Run::RT_Iteration;
  if (const std::string* const why = failure(run)) {
    failures_.push_back(run.benchmark_name() + ": " + *why);
    return;
  }
  if (single ? run.repetitions > 1 : run.aggregate_name != "median") return;
  const std::string& name = run.run_name.function_name;
  if (!run.run_name.threads.empty()) {
    by_threads_[name][static_cast<int>(run.threads)] = run.GetAdjustedRealTime();
    return;
  }
  const std::size_t slash = name.find('/');
  Row& row = works_[name.substr(0, slash)][run.family_index];
  row.name = name.substr(slash + 1);
  row.medians[batch_of(run.run_name.args)] =
      time_ == Time::real ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime();
}

void Ratios::print(std::ostream& out) const {
  std::vector<std::pair<std::int64_t, const std::string*>> order;
  for (const auto& [name, rows] : works_) order.emplace_back(rows.begin()->first, &name);
  std::ranges::sort(order);
  for (const auto& [number, name] : order) print(out, *name, works_.at(*name));
  for (const auto& [name, times] : by_threads_) print_speed(out, name, times);
}

void Ratios::print(std::ostream& out, const std::string& name, const Rows& rows) const {
  const auto row_called = [&rows](std::string_view wanted) {
    for (const auto& [family, row] : rows) {
      if (row.name == wanted) return row.medians;
    }
    return Medians();
  };
  const Medians unit = row_called(by_hand_row);
  if (unit.empty()) {
    out << '\n' << name << ": no ratios, for " << by_hand_row << " was not measured\n";
    return;
  }
  out << '\n'
      << name << ": " << (time_ == Time::real ? "time" : "CPU time")
      << " in that of hand-written C (medians)";
  begin_row(out, "batch");
  for (const auto& [batch, nanoseconds] : unit) out << std::setw(12) << batch;
  begin_row(out, by_hand_row);
  for (const auto& [batch, nanoseconds] : unit) {
    out << std::setw(12) << fixed(nanoseconds, 0) + " ns";
  }
  for (const auto& [family, row] : rows) {
    if (row.name == by_hand_row) continue;
    begin_row(out, row.name == again_row ? "by_hand_again (A/A)" : row.name);
    for (const auto& [batch, nanoseconds] : unit) {
      const auto found = row.medians.find(batch);
      const bool there = found != row.medians.end();
      out << std::setw(12) << (there ? fixed(found->second / nanoseconds, 3) : "-");
    }
  }
  out << '\n';
  print_void(out, unit, row_called(again_row));
}

}  // namespace overhead
