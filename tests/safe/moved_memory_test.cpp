// A type that says of memory inside itself that it owns it: only where assertions are on is it
// seen.
#include <array>
#include <catch2/catch_all.hpp>
#include <csignal>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/task.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

struct Inside {
  std::array<std::byte, 16> memory{};
};

// To be written only.
struct InsideConst {
  std::array<std::byte, 16> memory{};
};

// Its memory moves with it if it is small.
struct MaybeInside {
  std::array<std::byte, 16> small{};
  std::vector<std::byte> large;
};

}  // namespace

template <>
struct linux_aio::buffer_traits<Inside> {
  static constexpr bool owns = true;
  static std::span<std::byte> bytes(Inside& buffer) noexcept { return buffer.memory; }
};

template <>
struct linux_aio::buffer_traits<InsideConst> {
  static constexpr bool owns = true;
  static std::span<const std::byte> bytes(InsideConst& buffer) noexcept { return buffer.memory; }
};

template <>
struct linux_aio::buffer_traits<MaybeInside> {
  static constexpr bool owns = true;
  static std::span<std::byte> bytes(MaybeInside& buffer) noexcept {
    return buffer.large.empty() ? std::span<std::byte>(buffer.small) : buffer.large;
  }
};

TEST_CASE("a buffer whose memory moves with it ends the program, where assertions are on") {
#if defined(NDEBUG)
  return skip("the memory of buffers that are moved is not looked at with NDEBUG");
#endif
  const TemporaryFile file(pattern(16));
  const auto require_death = [](auto use) {
    const Ending ending = in_child([&use] {
      aio::Context context = std::move(*aio::Context::create());
      return use(context), 0;
    });
    INFO(ending.output);
    // The bytes are poisoned then, so AddressSanitizer sees the move itself.
    if (ending.output.find("AddressSanitizer") != std::string::npos) return;
    REQUIRE(ending.signal == SIGABRT);
    REQUIRE(ending.output ==
            "linux_aio: a buffer has other memory after it was moved, so it must not say that it "
            "owns it\n");
  };
  require_death([&file](aio::Context& context) {
    static_cast<void>(context.submit(aio::read(borrowed(file)).into(Inside()), [](const auto&) {}));
  });
  require_death([&file](aio::Context& context) {
    static_cast<void>(
        context.submit(aio::write(borrowed(file)).from(InsideConst()), [](const auto&) {}));
  });
  require_death([&file](aio::Context& context) {
    std::array<MaybeInside, 2> buffers;
    buffers[0].large.resize(16);
    static_cast<void>(
        context.submit(aio::write(borrowed(file)).from(std::move(buffers)), [](const auto&) {}));
  });
  require_death([&file](aio::Context& context) {
    const Task task = [](aio::Context& its_context, const TemporaryFile& its_file) -> Task {
      static_cast<void>(co_await its_context.async(aio::read(borrowed(its_file)).into(Inside())));
    }(context, file);
  });
}
