#include <array>
#include <cstddef>
#include <cstdint>

namespace {

// Through void*, as nothing else lets this pass the compiler.
const std::uint32_t* at(const std::byte* place) {
  const void* untyped = place;
  return static_cast<const std::uint32_t*>(untyped);
}

std::uint32_t load(const std::byte* place) {
  return *at(place);  // BUG
}

}  // namespace

int main() {
  alignas(std::uint32_t) const std::array<std::byte, 8> bytes{};
  return static_cast<int>(load(bytes.data() + 1));
}
