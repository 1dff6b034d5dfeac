#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <limits>
#include <linux_aio/aligned_buffer.hpp>
#include <type_traits>
#include <utility>

#include "tests/support/child.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

bool is_multiple(const void* address, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(address) % alignment == 0;
}

}  // namespace

// By default the sanitizers end a program that asks for more memory than there is.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the names are theirs
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
extern "C" const char* __tsan_default_options() { return "allocator_may_return_null=1"; }
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

static_assert(std::is_nothrow_move_constructible_v<aio::AlignedBuffer>);
static_assert(std::is_nothrow_move_assignable_v<aio::AlignedBuffer>);
static_assert(!std::is_copy_constructible_v<aio::AlignedBuffer>);
static_assert(!std::is_default_constructible_v<aio::AlignedBuffer>);

TEST_CASE("an aligned buffer is aligned, as large as asked for, and zero") {
  for (std::size_t alignment = 1; alignment <= 1U << 20U; alignment *= 2) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{513}, std::size_t{4096}}) {
      aio::AlignedBuffer buffer = must(aio::AlignedBuffer::allocate(size, alignment));
      REQUIRE(buffer.size() == size);
      REQUIRE(buffer.alignment() == alignment);
      REQUIRE(buffer.bytes().size() == size);
      REQUIRE(is_multiple(buffer.bytes().data(), alignment));
      REQUIRE(
          std::ranges::all_of(buffer.bytes(), [](std::byte each) { return each == std::byte{}; }));
    }
  }
}

TEST_CASE("an aligned buffer is fit for O_DIRECT unless asked otherwise, even on used memory") {
  for (int round = 0; round < 10; ++round) {
    aio::AlignedBuffer buffer = must(aio::AlignedBuffer::allocate(10'000));
    REQUIRE(buffer.alignment() == 4096);
    REQUIRE(is_multiple(buffer.bytes().data(), 4096));
    REQUIRE(std::ranges::count(buffer.bytes(), std::byte{}) == 10'000);
    std::ranges::fill(buffer.bytes(), std::byte{0xff});
  }
}

TEST_CASE("a size of 0 and an alignment that is no power of two are EINVAL") {
  REQUIRE(code_of(aio::AlignedBuffer::allocate(0)) == EINVAL);
  for (const std::size_t alignment : {0U, 3U, 12U, 4097U}) {
    REQUIRE(code_of(aio::AlignedBuffer::allocate(1, alignment)) == EINVAL);
  }
}

TEST_CASE("a buffer for O_DIRECT is aligned for memory and for offsets") {
  for (const auto& direct : {aio::DirectIo{.memory_alignment = 4, .offset_alignment = 512},
                             aio::DirectIo{.memory_alignment = 4096, .offset_alignment = 512}}) {
    aio::AlignedBuffer buffer = must(aio::AlignedBuffer::allocate(1536, direct));
    REQUIRE(buffer.size() == 1536);
    REQUIRE(is_multiple(buffer.bytes().data(), direct.memory_alignment));
    REQUIRE(is_multiple(buffer.bytes().data(), direct.offset_alignment));
  }
}

TEST_CASE("a size that O_DIRECT refuses is EINVAL, and the message has the numbers") {
  constexpr aio::DirectIo direct{.memory_alignment = 4, .offset_alignment = 512};
  const auto refused = aio::AlignedBuffer::allocate(1000, direct);
  REQUIRE(code_of(refused) == EINVAL);
  REQUIRE(refused.error().message().find("1000 bytes are no multiple of 512") != std::string::npos);
  REQUIRE(must(aio::AlignedBuffer::allocate(direct.round_up(1000U), direct)).size() == 1024);
  REQUIRE(code_of(aio::AlignedBuffer::allocate(0, direct)) == EINVAL);
}

TEST_CASE("more memory than there is is ENOMEM") {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  REQUIRE(code_of(aio::AlignedBuffer::allocate(most)) == ENOMEM);
  REQUIRE(code_of(aio::AlignedBuffer::allocate(most - 4094)) == ENOMEM);
  REQUIRE(code_of(aio::AlignedBuffer::allocate(2, most / 2 + 1)) == ENOMEM);
}

TEST_CASE("the bytes stay where they are when a buffer is moved") {
  aio::AlignedBuffer first = make_buffer(pattern(100));
  const std::byte* const place = first.bytes().data();
  aio::AlignedBuffer second = std::move(first);
  REQUIRE(second.bytes().data() == place);
  aio::AlignedBuffer third = make_buffer(7);
  third = std::move(second);
  REQUIRE(third.bytes().data() == place);
  REQUIRE(third.size() == 100);
  REQUIRE(copy_of(std::as_const(third).bytes()) == pattern(100));
  second = make_buffer(8);  // a moved-from buffer may be assigned to
  REQUIRE(second.size() == 8);
}

TEST_CASE("a buffer assigned to itself keeps its bytes") {
  aio::AlignedBuffer buffer = make_buffer(pattern(100));
  aio::AlignedBuffer& same = buffer;
  buffer = std::move(same);
  REQUIRE(copy_of(buffer.bytes()) == pattern(100));
}

TEST_CASE("using a buffer after it was moved from ends the program") {
  aio::AlignedBuffer buffer = make_buffer(100);
  const aio::AlignedBuffer owner = std::move(buffer);
  const auto require_death = [](const std::function<void()>& use) {
    const Ending ending = in_child([&use] { return use(), 0; });
    REQUIRE(ending.signal == SIGABRT);
    REQUIRE(ending.output == "linux_aio: an AlignedBuffer was used after it was moved from\n");
  };
  // NOLINTNEXTLINE(bugprone-use-after-move): the test
  require_death([&buffer] { static_cast<void>(buffer.bytes()); });
  require_death([&buffer] { static_cast<void>(std::as_const(buffer).bytes()); });
  require_death([&buffer] { static_cast<void>(buffer.size()); });
  require_death([&buffer] { static_cast<void>(buffer.alignment()); });
  require_death(
      [&buffer] { static_cast<void>(aio::read(aio::BorrowedFd(0)).into(std::move(buffer))); });
}
