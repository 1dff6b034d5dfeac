// How every engine is measured: one loop, in which it runs batch after batch.
//
// An engine has write(work, batch), read(work, batch) and, where it can, poll(work, batch): each
// begins `batch` requests, waits for all, and returns the sum of their results, or something less
// if one failed.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/overhead/works.hpp"

namespace overhead {

// Says on standard error how far it is, from time to time.
void show_progress();

// Prepares the memory of a batch so that memory_is_read() sees what was read into it.
void spoil_memory(Work& work, std::size_t batch);
// Whether the batch has been read into it.
[[nodiscard]] bool memory_is_read(const Work& work, std::size_t batch);

// What went wrong, where a batch gave `got`.
[[nodiscard]] std::string wrong_result(const Work& work, std::size_t batch, long got);

// Whether a batch of this row is to be measured.
using Fits = bool (*)(std::size_t batch);
inline bool any_batch(std::size_t /*batch*/) { return true; }

// `step` runs one batch.
template <class Step>
void measure(benchmark::State& state, Work& work, std::size_t batch, Step step) {
  show_progress();
  spoil_memory(work, batch);
  long got = step();
  const long expected = work.result * static_cast<long>(batch);
  if (got == expected && !memory_is_read(work, batch)) {
    return state.SkipWithError("the bytes did not arrive in the memory");
  }
  for (auto _ : state) {
    if (got != expected) break;
    got = step();
  }
  if (got != expected) return state.SkipWithError(wrong_result(work, batch, got).c_str());
  using benchmark::Counter;
  state.counters["per_request"] =
      Counter(static_cast<double>(batch),
              Counter::Flags(Counter::kIsIterationInvariantRate | Counter::kInvert));
}

// Measures one kind of work, in a loop that contains nothing of the others.
template <class Engine>
void measure_engine(benchmark::State& state, Engine& engine, Work& work, std::size_t batch) {
  switch (work.kind) {
    case Kind::write:
      return measure(state, work, batch, [&] { return engine.write(work, batch); });
    case Kind::read:
      return measure(state, work, batch, [&] { return engine.read(work, batch); });
    case Kind::poll:
      if constexpr (requires { engine.poll(work, batch); }) {
        return measure(state, work, batch, [&] { return engine.poll(work, batch); });
      }
  }
}

// Registers a benchmark with Google Benchmark, for each batch that fits.
benchmark::internal::Benchmark& register_benchmark(const std::string& name, Fits fits,
                                                   std::function<void(benchmark::State&)> function);

// Registers an engine's row, for each work that it can do. The engine lives until the benchmarks
// are cleared: to make a context each time would take longer than to use it.
template <class Engine>
void add_row(const std::string& row, const std::shared_ptr<Engine>& engine,
             std::vector<Work>& works, Fits fits = any_batch) {
  for (Work& work : works) {
    if constexpr (!requires { engine->poll(work, 1); }) {
      if (work.kind == Kind::poll) continue;
    }
    register_benchmark(work.name + ("/" + row), fits, [engine, &work](benchmark::State& state) {
      measure_engine(state, *engine, work, static_cast<std::size_t>(state.range(0)));
    });
  }
}

}  // namespace overhead
