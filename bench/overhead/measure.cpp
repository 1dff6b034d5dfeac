#include "bench/overhead/measure.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <span>
#include <utility>

#include "bench/overhead/fake_kernel.hpp"

namespace overhead {

void show_progress() {
  using Clock = std::chrono::steady_clock;
  static auto said = Clock::now();
  static std::size_t runs = 0;
  ++runs;
  if (Clock::now() - said < std::chrono::seconds(5)) return;
  said = Clock::now();
  std::fprintf(stderr, "overhead: %zu runs done; results come when all rounds are\n", runs);
}

void spoil_memory(Work& work, std::size_t batch) {
  for (std::size_t index = 0; index < batch && index < work.buffers.size(); ++index) {
    std::ranges::fill(work.buffers[index].bytes(), std::byte{0xff});
  }
}

bool memory_is_read(const Work& work, std::size_t batch) {
  if (work.kind != Kind::read || kernel_is_fake()) return true;
  return std::ranges::all_of(std::span(work.buffers).first(batch), [](const auto& buffer) {
    return std::ranges::all_of(buffer.bytes(), [](std::byte byte) { return byte == std::byte{}; });
  });
}

std::string wrong_result(const Work& work, std::size_t batch, long got) {
  return "a batch gave " + std::to_string(got) + " instead of " +
         std::to_string(work.result * static_cast<long>(batch));
}

benchmark::internal::Benchmark& register_benchmark(
    const std::string& name, Fits fits, std::function<void(benchmark::State&)> function) {
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): what is registered has an owner
  auto* const benchmark = benchmark::RegisterBenchmark(name.c_str(), std::move(function));
  benchmark->ArgName("batch")->MeasureProcessCPUTime();  // what other threads do costs as well
  for (const std::size_t batch : batches) {
    if (fits(batch)) benchmark->Arg(static_cast<long>(batch));
  }
  return *benchmark;
}

}  // namespace overhead
