#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <limits>
#include <linux_aio/linux_aio.hpp>

#include "tests/support/child.hpp"
#include "tests/support/nowait.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

}  // namespace

TEST_CASE("slice reads into its part of the buffer and leaves the rest") {
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  auto [done] = context.run(aio::read(borrowed(file)).into(Bytes(100)).slice(40, 20).at(10));
  REQUIRE(must(done.result) == 20);
  REQUIRE(done.bytes().data() == done.buffer.data() + 40);
  Bytes expected(100);
  std::copy_n(content.begin() + 10, 20, expected.begin() + 40);
  REQUIRE(done.buffer == expected);
}

TEST_CASE("slice writes its part of the buffer only") {
  const TemporaryFile file;
  aio::Context context = make_context();
  const Bytes content = pattern(100);
  auto [done] = context.run(aio::write(borrowed(file)).from(Bytes(content)).slice(10, 30));
  REQUIRE(must(done.result) == 30);
  REQUIRE(file.content() == part_of(content, 10, 30));
  REQUIRE(done.buffer == content);
}

TEST_CASE("the last slice counts, from the beginning of the buffer") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  auto [done] = context.run(aio::read(borrowed(file)).into(Bytes(100)).slice(90, 10).slice(0, 50));
  REQUIRE(must(done.result) == 50);
  REQUIRE(done.bytes().data() == done.buffer.data());
}

TEST_CASE("a slice may be empty, even at the end of the buffer") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  auto [read, written] = context.run(aio::read(borrowed(file)).into(Bytes(10)).slice(10, 0),
                                     aio::write(borrowed(file)).from(Bytes(10)).slice(0, 0));
  REQUIRE(must(read.result) == 0);
  REQUIRE(must(written.result) == 0);
}

TEST_CASE("a slice past the end of the buffer ends the program") {
  constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();
  const auto require_death = [](std::size_t position, std::size_t length) {
    const Ending ending = in_child([=] {
      static_cast<void>(aio::read(aio::BorrowedFd(0)).into(Bytes(10)).slice(position, length));
      return 0;
    });
    REQUIRE(ending.signal == SIGABRT);
    REQUIRE(ending.output ==
            "linux_aio: slice(position, length) reaches past the end of the request's buffer\n");
  };
  require_death(0, 11);
  require_death(11, 0);
  require_death(5, 6);
  require_death(huge, 1);
  require_death(1, huge);
}

TEST_CASE("an empty buffer transfers nothing") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  auto [read, written] = context.run(aio::read(borrowed(file)).into(Bytes()),
                                     aio::write(borrowed(file)).from(std::span<const std::byte>()));
  REQUIRE(must(read.result) == 0);
  REQUIRE(read.bytes().empty());
  REQUIRE(must(written.result) == 0);
}

TEST_CASE("setters may come before or after the buffer") {
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  auto [first, second] = context.run(aio::read(borrowed(file)).at(50).into(Bytes(10)),
                                     aio::read(borrowed(file)).into(Bytes(10)).at(50));
  REQUIRE(first.buffer == part_of(content, 50, 10));
  REQUIRE(second.buffer == first.buffer);
}

TEST_CASE("a request gives its buffer back on release()") {
  Bytes buffer = pattern(100);
  const std::byte* const place = buffer.data();
  auto request = aio::read(aio::BorrowedFd(-1)).into(std::move(buffer)).slice(10, 10);
  buffer = std::move(request).release();
  REQUIRE(buffer.data() == place);
  REQUIRE(buffer == pattern(100));
}

TEST_CASE("an offset beyond 2^63 is EINVAL in the completion") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  for (const std::uint64_t offset : {std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    auto [done] = context.run(aio::read(borrowed(file)).into(Bytes(10)).at(offset));
    REQUIRE(code_of(done.result) == EINVAL);
  }
}

TEST_CASE("a write far out makes a sparse file") {
  const TemporaryFile file;
  aio::Context context = make_context();
  constexpr std::uint64_t far = std::uint64_t{5} << 32U;
  auto [written] = context.run(aio::write(borrowed(file)).from(pattern(10)).at(far));
  REQUIRE(must(written.result) == 10);
  auto [read] = context.run(aio::read(borrowed(file)).into(Bytes(20)).at(far - 10));
  REQUIRE(must(read.result) == 20);
  REQUIRE(part_of(read.buffer, 10, 10) == pattern(10));
}

TEST_CASE("flags are sets of what the direction knows") {
  using aio::ReadFlag;
  using aio::WriteFlag;
  static_assert(aio::FlagSet<ReadFlag>().bits() == 0);
  static_assert(aio::FlagSet(WriteFlag::dsync).bits() == 2);
  static_assert((WriteFlag::dsync | WriteFlag::append).bits() == 18);
  static_assert((WriteFlag::dsync | WriteFlag::append | WriteFlag::dsync).bits() == 18);
  static_assert((ReadFlag::no_wait | ReadFlag::dont_cache).bits() == (8 | 128));
  SUCCEED();
}

TEST_CASE("append writes at the end, whatever the offset") {
  const TemporaryFile file(pattern(10));
  aio::Context context = make_context();
  auto [done] = context.run(aio::write(borrowed(file))
                                .from(pattern(5, 1))
                                .flags(aio::WriteFlag::append | aio::WriteFlag::dsync));
  REQUIRE(must(done.result) == 5);
  const Bytes content = file.content();
  REQUIRE(content.size() == 15);
  REQUIRE(part_of(content, 10, 5) == pattern(5, 1));
}

TEST_CASE("flags() replaces the flags given before") {
  const TemporaryFile file(pattern(10));
  aio::Context context = make_context();
  auto [done] = context.run(aio::write(borrowed(file))
                                .from(pattern(5, 1))
                                .flags(aio::WriteFlag::append)
                                .flags(aio::WriteFlag::dsync));
  REQUIRE(must(done.result) == 5);
  REQUIRE(file.content().size() == 10);
}

TEST_CASE("a flag that kernel or file does not know is EOPNOTSUPP in the completion") {
  const TemporaryFile file(pattern(10));
  aio::Context context = make_context();
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): the test
  const auto unknown = static_cast<aio::ReadFlag>(1U << 30U);
  auto [read, written] =
      context.run(aio::read(borrowed(file)).into(Bytes(10)).flags(unknown),
                  aio::write(borrowed(file)).from(Bytes(10)).flags(aio::WriteFlag::atomic));
  REQUIRE(read.result == std::unexpected(aio::Error(aio::Call::io_submit, EOPNOTSUPP)));
  REQUIRE(code_of(written.result) == EOPNOTSUPP);  // not an O_DIRECT file
}

TEST_CASE("no_wait gives EAGAIN where the read would block") {
  if (!pipes_know_nowait()) return;
  const Pipe pipe;
  aio::Context context = make_context();
  auto [done] = context.run(
      aio::read(aio::BorrowedFd(pipe.read_end())).into(Bytes(10)).flags(aio::ReadFlag::no_wait));
  REQUIRE(done.result == std::unexpected(aio::Error(aio::Call::completion, EAGAIN)));
}

TEST_CASE("a pipe is read and written at offset 0, and a broken one is EPIPE") {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe(pipes_know_nowait() ? 0 : O_NONBLOCK);
  aio::Context context = make_context();
  auto [written] = context.run(aio::write(aio::BorrowedFd(pipe.write_end())).from(pattern(10)));
  REQUIRE(must(written.result) == 10);
  auto [read] = context.run(aio::read(aio::BorrowedFd(pipe.read_end())).into(Bytes(20)));
  REQUIRE(must(read.result) == 10);
  REQUIRE(copy_of(read.bytes()) == pattern(10));
  pipe.close_read_end();
  auto [broken] = context.run(aio::write(aio::BorrowedFd(pipe.write_end())).from(pattern(10)));
  REQUIRE(broken.result == std::unexpected(aio::Error(aio::Call::completion, EPIPE)));
}

TEST_CASE("the wrong access mode is EBADF, a directory EINVAL, a pipe's fsync EINVAL") {
  const TemporaryFile file(pattern(10));
  const aio::File read_only = must(aio::File::open(file.path().c_str(), aio::Access::read_only));
  const aio::File write_only = must(aio::File::open(file.path().c_str(), aio::Access::write_only));
  const aio::File folder =
      must(aio::File::open(temporary_folder().c_str(), aio::Access::read_only));
  const Pipe pipe;
  aio::Context context = make_context();
  auto [written, read, directory, synced] =
      context.run(aio::write(read_only).from(Bytes(10)), aio::read(write_only).into(Bytes(10)),
                  aio::read(folder).into(Bytes(10)), aio::fsync(aio::BorrowedFd(pipe.write_end())));
  REQUIRE(code_of(written.result) == EBADF);
  REQUIRE(code_of(read.result) == EBADF);
  REQUIRE(code_of(directory.result) == EINVAL);
  REQUIRE(code_of(synced.result) == EINVAL);
  REQUIRE(file.content() == pattern(10));
}

TEST_CASE("memory that is not mapped is EFAULT in the completion") {
  const TemporaryFile file(pattern(10));
  aio::Context context = make_context();
  // SAFETY: never read by this program; the kernel refuses it.
  const std::span<std::byte> nowhere(reinterpret_cast<std::byte*>(std::uintptr_t{4096}), 10);
  auto [done] = context.run(aio::read(borrowed(file)).into(nowhere));
  REQUIRE(done.result == std::unexpected(aio::Error(aio::Call::completion, EFAULT)));
}

TEST_CASE("O_DIRECT transfers what is aligned, and says EINVAL to the rest") {
  const Bytes content = pattern(8192);
  const TemporaryFile file(content);
  const auto direct =
      aio::File::open(file.path().c_str(), aio::Access::read_write, {.direct = true});
  if (!direct) {
    skip("the file system of " + temporary_folder() + " has no O_DIRECT");
    return;
  }
  aio::Context context = make_context();
  auto [aligned, at_one, odd_length, odd_address] =
      context.run(aio::read(*direct).into(make_buffer(4096)).at(4096),
                  aio::read(*direct).into(make_buffer(4096)).at(1),
                  aio::read(*direct).into(make_buffer(4096)).slice(0, 100),
                  aio::read(*direct).into(make_buffer(8192)).slice(1, 4096));
  REQUIRE(must(aligned.result) == 4096);
  REQUIRE(copy_of(aligned.bytes()) == part_of(content, 4096, 4096));
  const auto misaligned = std::unexpected(aio::Error(aio::Call::completion, EINVAL));
  REQUIRE(at_one.result == misaligned);
  REQUIRE(odd_length.result == misaligned);
  REQUIRE(odd_address.result == misaligned);
  REQUIRE(at_one.result.error().message().find("File::direct_io()") != std::string::npos);
}
