#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <linux_aio/linux_aio.hpp>
#include <string>
#include <type_traits>
#include <utility>

#include "tests/support/child.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

// A name at which there is nothing, and will be nothing after the test.
class FreePath {
 public:
  FreePath() : path_(TemporaryFile().path() + "_free") {}
  FreePath(const FreePath&) = delete;
  FreePath& operator=(const FreePath&) = delete;
  ~FreePath() { ::unlink(path_.c_str()); }
  [[nodiscard]] const char* name() const { return path_.c_str(); }

 private:
  std::string path_;
};

}  // namespace

static_assert(!std::is_copy_constructible_v<aio::File>);
static_assert(std::is_nothrow_move_constructible_v<aio::File>);
static_assert(!std::is_convertible_v<int, aio::File>);
static_assert(!std::is_convertible_v<int, aio::BorrowedFd>);
static_assert(std::is_convertible_v<const aio::File&, aio::BorrowedFd>);
static_assert(!std::is_convertible_v<aio::File, aio::BorrowedFd>);

TEST_CASE("a file is opened for what was asked, and closed on exec") {
  const TemporaryFile file;
  const auto mode_of = [&file](aio::Access access) {
    const aio::File opened = must(aio::File::open(file.path().c_str(), access));
    REQUIRE((::fcntl(opened.number(), F_GETFD) & FD_CLOEXEC) != 0);
    return ::fcntl(opened.number(), F_GETFL) & (O_ACCMODE | O_DIRECT);
  };
  REQUIRE(mode_of(aio::Access::read_only) == O_RDONLY);
  REQUIRE(mode_of(aio::Access::write_only) == O_WRONLY);
  REQUIRE(mode_of(aio::Access::read_write) == O_RDWR);
}

TEST_CASE("a file that is not there is ENOENT, and create makes it with its mode") {
  const FreePath path;
  const auto missing = aio::File::open(path.name(), aio::Access::read_write);
  REQUIRE(!missing);
  REQUIRE(missing.error() == aio::Error(aio::Call::open, ENOENT));
  const ::mode_t mask = ::umask(0);
  const auto created =
      aio::File::open(path.name(), aio::Access::write_only, {.create = true, .mode = 0640});
  ::umask(mask);
  REQUIRE(created);
  struct ::stat status{};
  REQUIRE(::stat(path.name(), &status) == 0);
  REQUIRE((status.st_mode & 07777U) == 0640U);
}

TEST_CASE("exclusive creation of a file that exists is EEXIST") {
  const TemporaryFile file(pattern(10));
  const auto opened = aio::File::open(file.path().c_str(), aio::Access::write_only,
                                      {.create = true, .exclusive = true});
  REQUIRE(code_of(opened) == EEXIST);
}

TEST_CASE("truncate empties a file, and create alone does not") {
  const TemporaryFile file(pattern(10));
  must(aio::File::open(file.path().c_str(), aio::Access::write_only, {.create = true}));
  REQUIRE(file.content().size() == 10);
  must(aio::File::open(file.path().c_str(), aio::Access::write_only, {.truncate = true}));
  REQUIRE(file.content().empty());
}

TEST_CASE("with append each write goes to the end of the file, whatever its offset") {
  const TemporaryFile file(pattern(10));
  const aio::File opened =
      must(aio::File::open(file.path().c_str(), aio::Access::write_only, {.append = true}));
  aio::Context context = make_context();
  auto [done] = context.run(aio::write(opened).from(pattern(5)).at(2));
  REQUIRE(must(done.result) == 5);
  REQUIRE(part_of(file.content(), 0, 10) == pattern(10));
  REQUIRE(part_of(file.content(), 10, 5) == pattern(5));
}

TEST_CASE("O_DIRECT is blamed for EINVAL only where it was asked for") {
  // procfs has no O_DIRECT on any kernel, and nothing here refuses a name.
  const auto direct =
      aio::File::open("/proc/self/status", aio::Access::read_only, {.direct = true});
  REQUIRE(code_of(direct) == EINVAL);
  REQUIRE(direct.error().message().find("O_DIRECT") != std::string::npos);
  const aio::Error other(aio::Call::open, EINVAL);
  REQUIRE(other.message().find("O_DIRECT") == std::string::npos);
  REQUIRE(other.message().find("may not permit such a name") != std::string::npos);
}

TEST_CASE("a directory cannot be opened for writing") {
  REQUIRE(code_of(aio::File::open(temporary_folder().c_str(), aio::Access::write_only)) == EISDIR);
}

TEST_CASE("a file closes its descriptor when it is destroyed or assigned to") {
  const TemporaryFile file;
  const auto open = [&] {
    return must(aio::File::open(file.path().c_str(), aio::Access::read_only));
  };
  int fd = -1;
  {
    const aio::File opened = open();
    fd = opened.number();
    REQUIRE(is_open(fd));
  }
  REQUIRE(!is_open(fd));

  aio::File first = open();
  aio::File second = open();
  const int old = first.number();
  const int kept = second.number();
  first = std::move(second);
  REQUIRE(!is_open(old));
  REQUIRE(first.number() == kept);
  aio::File& same = first;
  first = std::move(same);
  REQUIRE(first.number() == kept);
  REQUIRE(is_open(kept));
  const aio::File third = std::move(first);
  REQUIRE(third.number() == kept);
}

TEST_CASE("close reports what close(2) says, and release gives the descriptor up") {
  const TemporaryFile file;
  aio::File opened = must(aio::File::open(file.path().c_str(), aio::Access::read_only));
  const int fd = opened.number();
  must(std::move(opened).close());
  REQUIRE(!is_open(fd));

  aio::File stale(::dup(file.fd()));
  ::close(stale.number());
  const auto closed = std::move(stale).close();
  REQUIRE(closed == std::unexpected(aio::Error(aio::Call::close, EBADF)));

  aio::File adopted(::dup(file.fd()));
  const int released = std::move(adopted).release();
  REQUIRE(is_open(released));
  ::close(released);
}

TEST_CASE("a file lends its descriptor") {
  const aio::File file(::dup(STDERR_FILENO));
  const aio::BorrowedFd lent = file;
  REQUIRE(lent.number() == file.number());
  REQUIRE(aio::BorrowedFd(7).number() == 7);
}

TEST_CASE("the size is that of the file now") {
  const TemporaryFile file(pattern(1234));
  const aio::File opened = must(aio::File::open(file.path().c_str(), aio::Access::read_only));
  REQUIRE(must(opened.size()) == 1234);
  REQUIRE(::truncate64(file.path().c_str(), ::off64_t{5} << 32U) == 0);
  REQUIRE(must(opened.size()) == std::uint64_t{5} << 32U);
}

TEST_CASE("a stale descriptor is EBADF where a file is asked about itself") {
  aio::File stale(::dup(STDERR_FILENO));
  ::close(stale.number());
  REQUIRE(stale.size() == std::unexpected(aio::Error(aio::Call::statx, EBADF)));
  REQUIRE(code_of(stale.direct_io()) == EBADF);
  static_cast<void>(std::move(stale).release());
}

TEST_CASE("a negative descriptor ends the program") {
  const Ending ending = in_child([] { return aio::File(-1).number(); });
  REQUIRE(ending.signal == SIGABRT);
  REQUIRE(ending.output == "linux_aio: a File was made of a negative descriptor\n");
}

TEST_CASE("using a file after it was moved from ends the program") {
  aio::File file(::dup(STDERR_FILENO));
  const aio::File owner = std::move(file);
  const auto require_death = [](const std::function<void()>& use) {
    const Ending ending = in_child([&use] { return use(), 0; });
    REQUIRE(ending.signal == SIGABRT);
    REQUIRE(ending.output == "linux_aio: a File was used after it was moved from\n");
  };
  // NOLINTNEXTLINE(bugprone-use-after-move): the test
  require_death([&file] { static_cast<void>(file.number()); });
  require_death([&file] { static_cast<void>(file.size()); });
  require_death([&file] { static_cast<void>(file.direct_io()); });
  require_death([&file] { static_cast<void>(aio::fsync(file)); });
  require_death([&file] { static_cast<void>(std::move(file).close()); });
  require_death([&file] { static_cast<void>(std::move(file).release()); });
}
