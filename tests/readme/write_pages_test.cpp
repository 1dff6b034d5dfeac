#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace aio = linux_aio;

// NOLINTNEXTLINE(misc-use-internal-linkage): it is in the README's own file
aio::Result<void> write_pages(aio::Context& context, const aio::File& file,
                              std::vector<aio::AlignedBuffer> pages,
                              std::vector<aio::AlignedBuffer>& free_pages);

namespace {

constexpr std::size_t page_size = 4096;

std::vector<aio::AlignedBuffer> numbered_pages(std::size_t count) {
  std::vector<aio::AlignedBuffer> pages;
  for (std::size_t number = 0; number < count; ++number) {
    auto page = aio::AlignedBuffer::allocate(page_size);
    REQUIRE(page);
    std::ranges::fill(page->bytes(), static_cast<std::byte>(number));
    pages.push_back(*std::move(page));
  }
  return pages;
}

TEST_CASE("the README's pages are written in their places, more of them than the context takes") {
  const char* const folder = std::getenv("TEST_TMPDIR");
  const std::string path = std::string(folder != nullptr ? folder : "/tmp") + "/pages";
  auto context = aio::Context::create({.capacity = 4});
  REQUIRE(context);
  auto file =
      aio::File::open(path.c_str(), aio::Access::read_write, {.create = true, .truncate = true});
  REQUIRE(file);

  std::vector<aio::AlignedBuffer> free_pages;
  REQUIRE(write_pages(*context, *file, numbered_pages(10), free_pages));
  CHECK(free_pages.size() == 10);

  std::vector<std::byte> all(10 * page_size);
  auto [done] = context->run(aio::read(*file).into(std::span(all)));
  REQUIRE(done.result == all.size());
  for (std::size_t place = 0; place < all.size(); place += 1024) {
    CHECK(all[place] == static_cast<std::byte>(place / page_size));
  }
}

TEST_CASE("the README's pages come back when they cannot be written") {
  auto context = aio::Context::create({.capacity = 4});
  REQUIRE(context);
  auto file = aio::File::open("/dev/null", aio::Access::read_only);
  REQUIRE(file);

  std::vector<aio::AlignedBuffer> free_pages;
  const auto outcome = write_pages(*context, *file, numbered_pages(10), free_pages);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code() == EBADF);
  CHECK(free_pages.size() == 10);
}

}  // namespace
