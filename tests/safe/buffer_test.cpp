#include <array>
#include <catch2/catch_all.hpp>
#include <csignal>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

struct Page {
  std::unique_ptr<std::array<std::byte, 4096>> memory;
};

// Bytes that may only be written to a file.
struct Message {
  std::shared_ptr<const std::string> text;
};

// What cannot be moved, or not without throwing, is no buffer whatever its traits say.
struct ThrowingBytes {
  ThrowingBytes(const ThrowingBytes&) = delete;
  ThrowingBytes& operator=(const ThrowingBytes&) = delete;
  ThrowingBytes(ThrowingBytes&&) noexcept(false);
  ThrowingBytes& operator=(ThrowingBytes&&) noexcept(false);
  ~ThrowingBytes() = default;
};

struct PinnedBytes {
  PinnedBytes(const PinnedBytes&) = delete;
  PinnedBytes& operator=(const PinnedBytes&) = delete;
  ~PinnedBytes() = default;
};

}  // namespace

template <>
struct linux_aio::buffer_traits<Page> {
  static constexpr bool owns = true;
  // A static extent is as good as a dynamic one.
  static std::span<std::byte, 4096> bytes(Page& page) noexcept { return {*page.memory}; }
};
template <>
struct linux_aio::buffer_traits<Message> {
  static constexpr bool owns = true;
  static std::span<const std::byte> bytes(const Message& message) noexcept {
    return std::as_bytes(std::span(*message.text));
  }
};
template <>
struct linux_aio::buffer_traits<ThrowingBytes> {
  static constexpr bool owns = true;
  static std::span<std::byte> bytes(ThrowingBytes&) noexcept { return {}; }
};
template <>
struct linux_aio::buffer_traits<PinnedBytes> {
  static constexpr bool owns = true;
  static std::span<std::byte> bytes(PinnedBytes&) noexcept { return {}; }
};
template <class T>
constexpr bool reads_and_owns = aio::MutableBuffer<T> && aio::OwningBuffer<T>;
template <class T>
constexpr bool borrows = aio::MutableBuffer<T> && !aio::OwningBuffer<T>;
template <class T>
constexpr bool only_writes = aio::Buffer<T> && !aio::MutableBuffer<T>;

static_assert(reads_and_owns<aio::AlignedBuffer>);
static_assert(reads_and_owns<std::vector<std::byte>>);
static_assert(reads_and_owns<std::vector<char>>);
static_assert(reads_and_owns<std::vector<std::uint64_t>>);
static_assert(reads_and_owns<std::vector<std::array<char, 16>>>);
static_assert(reads_and_owns<Page>);
static_assert(only_writes<Message> && aio::OwningBuffer<Message>);
static_assert(borrows<std::pmr::vector<std::byte>>);
static_assert(borrows<std::span<std::byte>>);
static_assert(borrows<std::span<std::byte, 16>>);
static_assert(borrows<std::span<double>>);
static_assert(borrows<std::span<char[16]>>);  // NOLINT(*-avoid-c-arrays)
static_assert(only_writes<std::span<const std::byte>> &&
              !aio::OwningBuffer<std::span<const std::byte>>);
static_assert(only_writes<std::span<const int, 3>>);

static_assert(!aio::Buffer<std::string>);
static_assert(!aio::Buffer<std::string_view>);
static_assert(!aio::Buffer<std::array<std::byte, 16>>);
static_assert(!aio::Buffer<std::byte*>);
static_assert(!aio::Buffer<std::vector<bool>>);
static_assert(!aio::Buffer<std::vector<std::string>>);
static_assert(!aio::Buffer<std::span<std::string>>);
static_assert(!aio::Buffer<std::vector<std::string_view>>);
static_assert(!aio::Buffer<std::vector<std::span<char>>>);
static_assert(!aio::Buffer<std::vector<std::reference_wrapper<char>>>);
static_assert(!aio::Buffer<std::vector<std::initializer_list<char>>>);
static_assert(!aio::Buffer<std::vector<std::array<const char*, 2>>>);
static_assert(!aio::Buffer<std::span<const std::array<std::string_view, 2>>>);
static_assert(!aio::Buffer<const std::vector<std::byte>>);
static_assert(!aio::Buffer<std::vector<std::byte>&>);
static_assert(!aio::Buffer<const aio::AlignedBuffer>);
static_assert(aio::buffer_traits<ThrowingBytes>::owns && !aio::Buffer<ThrowingBytes>);
static_assert(aio::buffer_traits<PinnedBytes>::owns && !aio::Buffer<PinnedBytes>);

TEST_CASE("a vector of any plain element is a buffer of its bytes") {
  const TemporaryFile file(pattern(80));
  aio::Context context = make_context();
  auto [done] = context.run(aio::read(borrowed(file)).into(std::vector<std::uint64_t>(10)));
  REQUIRE(must(done.result) == 80);
  REQUIRE(copy_of(std::as_bytes(std::span(done.buffer))) == pattern(80));
}

TEST_CASE("a span of any extent and plain element lends its bytes") {
  const TemporaryFile file(pattern(80));
  aio::Context context = make_context();
  std::array<std::uint32_t, 4> numbers{};
  std::vector<char> text(20);
  auto [first, second] =
      context.run(aio::read(borrowed(file)).into(std::span<std::uint32_t, 4>(numbers)),
                  aio::read(borrowed(file)).into(std::span(text)).at(16));
  REQUIRE(must(first.result) == 16);
  REQUIRE(copy_of(std::as_bytes(std::span(numbers))) == part_of(pattern(80), 0, 16));
  REQUIRE(must(second.result) == 20);
  REQUIRE(copy_of(std::as_bytes(std::span(text))) == part_of(pattern(80), 16, 20));
}

TEST_CASE("a vector whose memory is a resource's is run, and comes back") {
  const TemporaryFile file(pattern(80));
  aio::Context context = make_context();
  std::pmr::monotonic_buffer_resource resource;
  std::pmr::vector<std::byte> vector(80, &resource);
  const std::byte* const place = vector.data();
  auto [done] = context.run(aio::read(borrowed(file)).into(std::move(vector)));
  REQUIRE(must(done.result) == 80);
  REQUIRE(done.buffer.data() == place);
  REQUIRE(copy_of(done.bytes()) == pattern(80));
}

TEST_CASE("const bytes are written, from a span or a type that only has such") {
  const TemporaryFile file;
  aio::Context context = make_context();
  const std::string text = "span";
  auto [first, second] = context.run(
      aio::write(borrowed(file)).from(std::span(text)),
      aio::write(borrowed(file)).from(Message{std::make_shared<const std::string>("type")}).at(4));
  REQUIRE(must(first.result) == 4);
  REQUIRE(must(second.result) == 4);
  REQUIRE(*second.buffer.text == "type");
  const std::string both = "spantype";
  REQUIRE(file.content() == copy_of(std::as_bytes(std::span(both))));
}

TEST_CASE("a named span is lent without std::move") {
  const TemporaryFile file(pattern(80));
  aio::Context context = make_context();
  std::array<std::byte, 10> memory{};
  const std::span<std::byte> span(memory);
  auto [done] = context.run(aio::read(borrowed(file)).into(span));
  REQUIRE(must(done.result) == 10);
}

TEST_CASE("a user's own type is submitted and comes back") {
  const Bytes content = pattern(4096);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  Page page{std::make_unique<std::array<std::byte, 4096>>()};
  const void* const place = page.memory.get();
  Page back;
  submit(context, aio::read(borrowed(file)).into(std::move(page)).slice(96, 4000), [&](auto done) {
    REQUIRE(must(done.result) == 4000);
    REQUIRE(copy_of(done.bytes()) == part_of(content, 0, 4000));
    back = std::move(done.buffer);
  });
  must(context.wait());
  REQUIRE(back.memory.get() == place);
}

TEST_CASE("bytes() of a completion whose buffer was taken ends the program") {
  const TemporaryFile file(pattern(80));
  aio::Context context = make_context();
  auto [done] = context.run(aio::read(borrowed(file)).into(Bytes(80)));
  const Bytes taken = std::move(done.buffer);
  REQUIRE(taken == pattern(80));
  auto& completion = done;
  const Ending ending =
      in_child([&completion] { return static_cast<int>(completion.bytes().size()); });
  REQUIRE(ending.signal == SIGABRT);
  REQUIRE(ending.output ==
          "linux_aio: bytes() of a completion whose buffer was taken or made smaller\n");
}

TEST_CASE("a request that is used after its buffer was taken ends the program") {
  const TemporaryFile file(pattern(80));
  auto request = aio::read(borrowed(file)).into(Bytes(80)).slice(10, 20);
  const Bytes taken = std::move(request).release();
  REQUIRE(taken.size() == 80);
  // NOLINTNEXTLINE(bugprone-use-after-move): the test
  const Ending ending = in_child([&request] {
    aio::Context context = make_context();
    static_cast<void>(context.submit(std::move(request), [](const auto&) {}));
    return 0;
  });
  REQUIRE(ending.signal == SIGABRT);
  REQUIRE(ending.output == "linux_aio: a request was used after its buffer was taken\n");
}
