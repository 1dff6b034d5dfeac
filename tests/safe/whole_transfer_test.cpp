// Transfers that go on until they are whole.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/interposed_kernel.hpp"
#include "tests/support/interposed_statx.hpp"
#include "tests/support/nowait.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;

// A kernel that transfers `most` bytes at a time, and remembers where each transfer began. (Only of
// single buffers: the segments of others are not this test's to change.)
class ShortTransfers {
 public:
  explicit ShortTransfers(std::uint64_t most) {
    kernel_.io_submit = [this, most](auto handle, long count, auto requests) {
      for (long index = 0; index < count; ++index) {
        raw::iocb& request = *requests[index];
        if (request.aio_lio_opcode != raw::iocb_cmd_pread &&
            request.aio_lio_opcode != raw::iocb_cmd_pwrite) {
          continue;
        }
        request.aio_nbytes = std::min<std::uint64_t>(request.aio_nbytes, most);
        offsets_.push_back(request.aio_offset);
      }
      return raw::io_submit(handle, count, requests);
    };
  }
  [[nodiscard]] const std::vector<std::int64_t>& offsets() const { return offsets_; }

 private:
  std::vector<std::int64_t> offsets_;
  InterposedKernel kernel_;
};

aio::File open_direct(const TemporaryFile& file) {
  return must(aio::File::open(file.path().c_str(), aio::Access::read_write, {.direct = true}));
}

bool has_direct_io(const TemporaryFile& file) {
  if (aio::File::open(file.path().c_str(), aio::Access::read_only, {.direct = true})) return true;
  skip("the file system of the tests has no O_DIRECT");
  return false;
}

}  // namespace

TEST_CASE("a read goes on after short ones, each where the last one ended") {
  const ShortTransfers kernel(30);
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  Bytes target(90);
  REQUIRE(aio::read_exactly(context, aio::read(borrowed(file)).at(10), target));
  REQUIRE(target == part_of(content, 10, 90));
  REQUIRE(kernel.offsets() == std::vector<std::int64_t>{10, 40, 70});
}

TEST_CASE("a file that ends before the buffer is full says so, and how far the read came") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  Bytes target(60);
  const auto whole = aio::read_exactly(context, aio::read(borrowed(file)).at(60), target);
  REQUIRE(!whole);
  REQUIRE(whole.error().error == aio::Error(aio::Call::whole_transfer, ENODATA));
  REQUIRE(whole.error().error.message().find("ended before") != std::string::npos);
  REQUIRE(whole.error().transferred == 40);
  REQUIRE(part_of(target, 0, 40) == part_of(pattern(100), 60, 40));
}

TEST_CASE("a read of nothing, and a write of nothing, are whole at once") {
  const TemporaryFile file;
  aio::Context context = make_context();
  Bytes none;
  REQUIRE(aio::read_exactly(context, aio::read(borrowed(file)), none));
  REQUIRE(aio::write_all(context, aio::write(borrowed(file)), none));
  REQUIRE(context.statistics().accepted == 0);
}

TEST_CASE("a write goes on after short ones, with its flags") {
  const ShortTransfers kernel(64);
  const TemporaryFile file;
  aio::Context context = make_context();
  const Bytes record = pattern(1000);
  REQUIRE(aio::write_all(context, aio::write(borrowed(file)).at(5).flags(aio::WriteFlag::dsync),
                         std::span(record)));
  REQUIRE(part_of(file.content(), 5, 1000) == record);
  REQUIRE(kernel.offsets().size() == 16);
}

TEST_CASE("a failure tells how many bytes are done before it") {
  const TemporaryFile file;
  const Ending ending = in_child([&] {
    const ::rlimit limit{.rlim_cur = 700, .rlim_max = 700};
    ::signal(SIGXFSZ, SIG_IGN);
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    aio::Context context = make_context();
    const Bytes record = pattern(1000);
    const auto whole = aio::write_all(context, aio::write(borrowed(file)), std::span(record));
    return !whole && whole.error().error.code() == EFBIG && whole.error().transferred == 700 ? 0
                                                                                             : 1;
  });
  REQUIRE(ending.status == 0);
  REQUIRE(ending.signal == 0);
  REQUIRE(file.content() == part_of(pattern(1000), 0, 700));
}

TEST_CASE("on an O_DIRECT file a short transfer goes on from an aligned offset") {
  const Bytes content = pattern(std::size_t{10} * 4096);
  const TemporaryFile file(content);
  if (!has_direct_io(file)) return;
  const aio::File direct = open_direct(file);
  const std::uint64_t alignment = must(direct.direct_io()).offset_alignment;
  aio::Context context = make_context();
  aio::AlignedBuffer buffer = make_buffer(content.size());

  // Short as at the end of a file, or after a signal: not by whole blocks.
  InterposedKernel kernel;
  std::vector<std::int64_t> offsets;
  kernel.io_submit = [&](auto handle, long count, auto requests) {
    offsets.push_back(requests[0]->aio_offset);
    return raw::io_submit(handle, count, requests);
  };
  bool once = true;
  kernel.io_getevents = [&](auto handle, long least, long most, auto events, auto timeout) {
    const long result = raw::io_getevents(handle, least, most, events, timeout);
    if (result == 1 && std::exchange(once, false)) events[0].res = 5000;
    return result;
  };
  context = make_context_without_ring();
  REQUIRE(aio::read_exactly(context, aio::read(direct), buffer));
  REQUIRE(copy_of(buffer.bytes()) == content);
  const auto from = static_cast<std::int64_t>(5000 - 5000 % alignment);
  REQUIRE(offsets == std::vector<std::int64_t>{0, from});

  once = true;
  offsets.clear();
  const aio::AlignedBuffer other = make_buffer(pattern(content.size(), 7));
  REQUIRE(aio::write_all(context, aio::write(direct), other.bytes()));
  REQUIRE(file.content() == pattern(content.size(), 7));
  REQUIRE(offsets == std::vector<std::int64_t>{0, from});
}

TEST_CASE("what is appended with O_DIRECT is appended once, after short writes, too") {
  const TemporaryFile named;
  if (!has_direct_io(named)) return;
  const auto content = make_buffer(pattern(16384));
  const auto require_once = [&](int flags, aio::FlagSet<aio::WriteFlag> write_flags) {
    const TemporaryFile file;
    const aio::File direct(::open(file.path().c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC | flags));
    // Short by less than the alignment that the file is said to need.
    const InterposedStatx large_blocks([](auto& status) { direct_io_alignment(status, 8192); });
    const ShortTransfers kernel(4096);
    aio::Context context = make_context();
    const auto whole = aio::write_all(context, aio::write(direct).flags(write_flags), content);
    REQUIRE(whole);
    REQUIRE(kernel.offsets().size() == 4);
    REQUIRE(file.content() == copy_of(content.bytes()));
  };
  require_once(O_APPEND, {});
  require_once(0, aio::WriteFlag::append);
}

TEST_CASE("a file is read to its end into memory as aligned as it needs") {
  const Bytes content = pattern(5000);
  const TemporaryFile file(content);
  if (!has_direct_io(file)) return;
  const aio::File direct = open_direct(file);
  constexpr std::uint32_t alignment = 1U << 20U;
  const InterposedStatx large_blocks([](auto& status) { direct_io_alignment(status, alignment); });
  InterposedKernel kernel;
  int reads = 0;
  kernel.io_submit = [&](auto handle, long count, auto requests) {
    REQUIRE(requests[0]->aio_buf % alignment == 0);
    REQUIRE(requests[0]->aio_nbytes % alignment == 0);
    ++reads;
    return raw::io_submit(handle, count, requests);
  };
  aio::Context context = make_context();
  auto contents = aio::read_to_end(context, aio::read(direct));
  REQUIRE(contents);
  REQUIRE(reads > 0);
  REQUIRE(copy_of(contents->bytes()) == content);
}

TEST_CASE("the end of a file that is no multiple of the alignment is found with O_DIRECT") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{5000}, std::size_t{8192}}) {
    const TemporaryFile file(pattern(size));
    if (!has_direct_io(file)) return;
    const aio::File direct = open_direct(file);
    aio::Context context = make_context();
    aio::AlignedBuffer buffer = make_buffer(std::size_t{16384});
    const auto whole = aio::read_exactly(context, aio::read(direct), buffer);
    REQUIRE(!whole);
    REQUIRE(whole.error().error.code() == ENODATA);
    REQUIRE(whole.error().transferred == size);
    auto contents = aio::read_to_end(context, aio::read(direct));
    REQUIRE(contents);
    REQUIRE(copy_of(contents->bytes()) == pattern(size));
  }
}

TEST_CASE("ranges of buffers are transferred whole, however many there are") {
  const Bytes content = pattern(std::size_t{3000} * 7);
  const TemporaryFile file(content);
  const TemporaryFile copy;
  aio::Context context = make_context();
  std::vector<Bytes> parts(3000, Bytes(7));
  REQUIRE(aio::read_exactly(context, aio::read(borrowed(file)), parts));
  REQUIRE(context.statistics().accepted == 3);  // 1024 buffers at a time
  REQUIRE(aio::write_all(context, aio::write(borrowed(copy)), std::span(parts)));
  REQUIRE(copy.content() == content);

  std::array<Bytes, 3> around{Bytes(10), Bytes(), Bytes(std::size_t{1} << 20)};
  const auto whole = aio::read_exactly(context, aio::read(borrowed(file)).at(20990), around);
  REQUIRE(!whole);
  REQUIRE(whole.error().transferred == 10);
  REQUIRE(around[0] == part_of(content, 20990, 10));
}

TEST_CASE("what is written may be const, and what is read into may be a const span") {
  const Bytes content = pattern(100);
  const TemporaryFile file;
  aio::Context context = make_context();
  const auto write = [&](auto&& source, std::size_t size) {
    REQUIRE(::ftruncate(file.fd(), 0) == 0);
    REQUIRE(aio::write_all(context, aio::write(borrowed(file)), source));
    REQUIRE(file.content() == part_of(content, 0, size));
  };
  const std::span<const std::byte> span(content);
  const std::pmr::vector<std::byte> of_a_resource(content.begin(), content.end());
  const aio::AlignedBuffer aligned = make_buffer(content);
  const aio::SharedBytes shared = aio::shared(std::make_shared<const Bytes>(content));
  const std::vector<Bytes> range{part_of(content, 0, 30), part_of(content, 30, 20)};
  const std::array spans{span.first(10), span.subspan(10, 20)};
  write(content, 100);
  write(span, 100);
  write(of_a_resource, 100);
  write(aligned, 100);
  write(aio::SharedBytes(shared), 100);
  write(shared, 100);
  write(range, 50);
  write(spans, 30);

  write(content, 100);
  Bytes target(100);
  const std::span<std::byte> whole(target);
  REQUIRE(aio::read_exactly(context, aio::read(borrowed(file)), whole));
  REQUIRE(target == content);
  const std::array halves{whole.last(50), whole.first(50)};
  REQUIRE(aio::read_exactly(context, aio::read(borrowed(file)), halves));
  REQUIRE(part_of(target, 50, 50) == part_of(content, 0, 50));
  REQUIRE(aio::read_exactly(context, aio::read(borrowed(file)),
                            std::array{whole.first(50), whole.last(50)}));
  REQUIRE(target == content);
}

TEST_CASE("pipes are waited for, on both sides, and their end is found") {
  const Pipe pipe(pipes_know_nowait() ? 0 : O_NONBLOCK);
  const Bytes content = pattern(16 * pipe.capacity());
  bool written = false;
  std::thread writer([&] {
    aio::Context context = make_context();
    written =
        aio::write_all(context, aio::write(aio::BorrowedFd(pipe.write_end())), std::span(content))
            .has_value();
  });
  aio::Context context = make_context();
  Bytes target(content.size());
  const auto whole =
      aio::read_exactly(context, aio::read(aio::BorrowedFd(pipe.read_end())), target);
  writer.join();
  REQUIRE(written);
  REQUIRE(whole);
  REQUIRE((target == content));
}

TEST_CASE("with no_wait an empty pipe is the caller's to wait for") {
  if (!pipes_know_nowait()) return;
  const Pipe pipe;
  aio::Context context = make_context();
  Bytes target(10);
  const auto whole = aio::read_exactly(
      context, aio::read(aio::BorrowedFd(pipe.read_end())).flags(aio::ReadFlag::no_wait), target);
  REQUIRE(!whole);
  REQUIRE(whole.error().error.code() == EAGAIN);
}

TEST_CASE("a socket is read to its end, which has no offsets") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  if (!pipes_know_nowait()) REQUIRE(::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
  const aio::File ours(ends[0]);
  aio::File theirs(ends[1]);
  const Bytes sent = pattern(300'000);
  std::thread peer([&sent, theirs = std::move(theirs)] {
    for (std::span<const std::byte> rest(sent); !rest.empty();) {
      const ::ssize_t written = ::write(theirs.number(), rest.data(), rest.size());
      if (written <= 0) return;
      rest = rest.subspan(static_cast<std::size_t>(written));
    }
  });
  aio::Context context = make_context();
  auto contents = aio::read_to_end(context, aio::read(ours));
  peer.join();
  REQUIRE(contents);
  REQUIRE((copy_of(contents->bytes()) == sent));
}

TEST_CASE("a file is read to its end: empty, large, from an offset, and one that has no size") {
  aio::Context context = make_context();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096},
                                 std::size_t{65536}, std::size_t{300000}}) {
    const TemporaryFile file(pattern(size));
    auto contents = aio::read_to_end(context, aio::read(borrowed(file)));
    REQUIRE(contents);
    REQUIRE((copy_of(contents->bytes()) == pattern(size)));
    auto tail = aio::read_to_end(context, aio::read(borrowed(file)).at(size / 2));
    REQUIRE(tail);
    REQUIRE((copy_of(tail->bytes()) == part_of(pattern(size), size / 2, size - size / 2)));
    REQUIRE(aio::read_to_end(context, aio::read(borrowed(file)).at(size + 10))->size == 0);
  }
  const aio::File limit = must(aio::File::open("/proc/sys/fs/aio-max-nr", aio::Access::read_only));
  REQUIRE(must(limit.size()) == 0);
  auto contents = aio::read_to_end(context, aio::read(limit));
  REQUIRE(contents);
  std::ifstream same("/proc/sys/fs/aio-max-nr");
  const std::string text{std::istreambuf_iterator<char>(same), {}};
  REQUIRE(copy_of(contents->bytes()) == copy_of(std::as_bytes(std::span(text))));
}

TEST_CASE("what was read before a failure is kept") {
  const ShortTransfers kernel(4096);
  const aio::File directory = must(aio::File::open("/", aio::Access::read_only));
  aio::Context context = make_context();
  auto contents = aio::read_to_end(context, aio::read(directory));
  REQUIRE(!contents);
  REQUIRE(contents.error().error.code() == EINVAL);
  REQUIRE(contents.error().contents.has_value());
  REQUIRE(contents.error().contents->size == 0);
}
