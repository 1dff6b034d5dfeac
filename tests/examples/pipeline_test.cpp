// What cannot be arranged from outside: a source that is not as long as it was said to be.

#include "examples/copy/pipeline.hpp"

#include <fcntl.h>

#include <catch2/catch_all.hpp>
#include <cstdio>
#include <linux_aio/context.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/copy/endpoint.hpp"
#include "examples/copy/extents.hpp"
#include "examples/copy/progress.hpp"
#include "tests/examples/files.hpp"

namespace {

namespace aio = linux_aio;
using examples_test::Folder;

struct Copied {
  copy::Outcome<> outcome;
  std::string destination;
  std::size_t in_flight;  // when run() has returned
};

// Copies `folder`/source, which is said to have `said_size` bytes, to `folder`/destination.
Copied copy_as_if(const Folder& folder, std::uint64_t said_size, copy::IoMode mode) {
  const std::string path = folder / "destination";
  examples_test::write_file(path, "");
  auto source = copy::open_source(folder / "source");
  auto file = aio::File::open(path.c_str(), aio::Access::write_only);
  REQUIRE(file.has_value());
  auto destination = copy::make_endpoint(path, *std::move(file));
  auto context = aio::Context::create({.capacity = 4});
  REQUIRE((source.has_value() && destination.has_value() && context.has_value()));
  REQUIRE(copy::choose_io(*source, mode).has_value());
  REQUIRE(copy::choose_io(*destination, mode).has_value());
  source->status.st_size = static_cast<::off_t>(said_size);

  const std::uint64_t alignment = source->alignment.offset_alignment;
  const std::vector<copy::Extent> extents = {{0, copy::align_up(said_size, alignment)}};
  const copy::Job job{.source = *source,
                      .destination = *destination,
                      .extents = extents,
                      .block_size = 4096,
                      .depth = 4,
                      .alignment = alignment,
                      .memory_alignment = source->alignment.memory_alignment};
  copy::Progress progress(stderr, said_size);
  const auto outcome = copy::Pipeline(*context, job, progress).run();
  return {outcome, examples_test::read_file(path), context->in_flight()};
}

std::vector<copy::IoMode> modes(const Folder& folder) {
  if (examples_test::has_direct_io(folder)) return {copy::IoMode::buffered, copy::IoMode::direct};
  examples_test::say_skipped("O_DIRECT: the file system does not say that it has it");
  return {copy::IoMode::buffered};
}

}  // namespace

TEST_CASE("a source that has become shorter fails the copy, with nothing left in flight") {
  const Folder folder;
  for (const copy::IoMode mode : modes(folder)) {
    for (const std::size_t size : {0UL, 1UL, 512UL, 1000UL, 4096UL, 10'000UL, 16'384UL}) {
      CAPTURE(size);
      examples_test::write_file(folder / "source", examples_test::pattern(size));
      const Copied copied = copy_as_if(folder, 40'000, mode);
      REQUIRE_FALSE(copied.outcome.has_value());
      CHECK(copied.outcome.error() ==
            "'" + folder / "source" +
                "' ends before its size says: is it being cut off, or a file of /sys?");
      CHECK(copied.in_flight == 0);
    }
  }
}

TEST_CASE("a source that has grown is copied up to the size that it had") {
  const Folder folder;
  const std::string content = examples_test::pattern(40'000);
  examples_test::write_file(folder / "source", content);
  for (const copy::IoMode mode : modes(folder)) {
    for (const std::size_t size : {1UL, 511UL, 4096UL, 5000UL, 20'001UL}) {
      CAPTURE(size);
      const Copied copied = copy_as_if(folder, size, mode);
      REQUIRE(copied.outcome.has_value());
      CHECK(copied.destination.starts_with(std::string_view(content).substr(0, size)));
      // With O_DIRECT the last block is padded, and cut off afterwards; with zeros until then.
      CHECK(copied.destination.find_first_not_of('\0', size) == std::string::npos);
    }
  }
}

TEST_CASE("O_DIRECT is set where it is chosen, with the alignment that the file needs") {
  const Folder folder;
  examples_test::write_file(folder / "source", "content");
  for (const copy::IoMode mode : modes(folder)) {
    auto source = copy::open_source(folder / "source");
    REQUIRE(source.has_value());
    REQUIRE(copy::choose_io(*source, mode).has_value());
    const bool wanted = mode == copy::IoMode::direct;
    CHECK(source->direct == wanted);
    CHECK(((::fcntl(source->file.number(), F_GETFL) & O_DIRECT) != 0) == wanted);
    CHECK((source->alignment.offset_alignment > 1) == wanted);
  }
}
