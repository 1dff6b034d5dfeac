#include <array>
#include <cstddef>

namespace {

// volatile: the compiler must not see the bug before the sanitizer does.
volatile std::size_t past_the_end = 4;

int read_past(const int* first) {
  return first[past_the_end];  // BUG
}

}  // namespace

int main() {
  const std::array<int, 4> four{};
  return read_past(four.data());
}
