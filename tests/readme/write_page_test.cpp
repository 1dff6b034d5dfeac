#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <linux_aio/linux_aio.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/safe.hpp"

using namespace linux_aio::testing;
namespace aio = linux_aio;

// As the README has them.
struct Written {
  std::vector<aio::AlignedBuffer> free_pages;
  std::optional<aio::Error> error;
};

// NOLINTNEXTLINE(misc-use-internal-linkage): it is in the README's own file
void write_page(aio::Context& context, const aio::File& file, aio::AlignedBuffer page,
                std::uint64_t offset, Written& written);

namespace {

constexpr std::size_t page_size = 4096;

aio::AlignedBuffer page_of(std::byte content) {
  aio::AlignedBuffer page = make_buffer(page_size);
  std::ranges::fill(page.bytes(), content);
  return page;
}

int code_of_error(const Written& written) { return written.error ? written.error->code() : 0; }

aio::File open(const TemporaryFile& file, aio::Access access) {
  return must(aio::File::open(file.path().c_str(), access));
}

}  // namespace

TEST_CASE("the README's pages are written in their places and come back") {
  const TemporaryFile target;
  const aio::File file = open(target, aio::Access::write_only);
  Written written;
  aio::Context context = make_context();
  write_page(context, file, page_of(std::byte{1}), 0, written);
  write_page(context, file, page_of(std::byte{2}), page_size, written);
  REQUIRE(must(context.wait(context.in_flight())) == 2);
  REQUIRE(!written.error);
  REQUIRE(written.free_pages.size() == 2);
  const Bytes content = target.content();
  REQUIRE(content.size() == 2 * page_size);
  REQUIRE(content[page_size - 1] == std::byte{1});
  REQUIRE(content[page_size] == std::byte{2});
}

TEST_CASE("the README's page comes back when it cannot be written, and when the context is full") {
  const TemporaryFile target;
  const aio::File file = open(target, aio::Access::read_only);
  Written written;
  aio::Context context = make_context(1);
  write_page(context, file, page_of(std::byte{1}), 0, written);
  write_page(context, file, page_of(std::byte{2}), page_size, written);
  REQUIRE(code_of_error(written) == EAGAIN);
  must(context.wait(context.in_flight()));
  REQUIRE(code_of_error(written) == EBADF);
  REQUIRE(written.free_pages.size() == 2);
}

TEST_CASE("a short write of the README's page is an error") {
  const TemporaryFile target;
  const aio::File file = open(target, aio::Access::write_only);
  const Ending ending = in_child([&file] {
    const rlimit limit{.rlim_cur = page_size / 2, .rlim_max = page_size / 2};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    Written written;
    auto context = aio::Context::create();
    auto page = aio::AlignedBuffer::allocate(page_size);
    if (!context || !page) return 3;
    write_page(*context, file, *std::move(page), 0, written);
    if (!context->wait()) return 4;
    return written.error && written.error->code() == EIO ? 0 : 5;
  });
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.status == 0);
}
