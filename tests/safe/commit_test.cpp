// A Commit: the sync is sent after its writes, and only if all of them are whole.
#include <fcntl.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <functional>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;

/// Sees what goes to the kernel and comes from it, in order.
class Watched {
 public:
  Watched() {
    kernel_.io_submit = [this](auto handle, long count, auto requests) {
      const long result = raw::io_submit(handle, count, requests);
      for (long index = 0; index < result; ++index) {
        if (requests[index]->aio_lio_opcode == raw::iocb_cmd_fdsync) {
          writes_in_flight_at_sync_ = writes_;
        } else {
          ++writes_;
        }
      }
      return result;
    };
    kernel_.io_getevents = [this](auto handle, long least, long, auto events, auto timeout) {
      const long result = raw::io_getevents(handle, std::min(least, 1L), 1, events, timeout);
      if (result == 1 && writes_ > 0) --writes_;
      return result;
    };
  }
  [[nodiscard]] std::optional<int> writes_in_flight_at_sync() const {
    return writes_in_flight_at_sync_;
  }

 private:
  std::optional<int> writes_in_flight_at_sync_;
  int writes_ = 0;
  InterposedKernel kernel_;
};

aio::Commit begin(aio::Context& context, const TemporaryFile& log, std::optional<int>& code) {
  auto commit =
      context.begin_commit(aio::fdatasync(borrowed(log)), [&code](const aio::SyncCompletion& done) {
        code = done.result ? 0 : done.result.error().code();
      });
  REQUIRE(commit);
  return std::move(*commit);
}

template <class Request>
void write(aio::Commit& commit, Request request) {
  const bool accepted{commit.submit(std::move(request), [](const auto&) {})};
  REQUIRE(accepted);
}

}  // namespace

TEST_CASE("the sync of a commit goes out when all of its writes are complete, not before") {
  const Watched watched;
  const TemporaryFile log;
  aio::Context context = make_context_without_ring();
  std::optional<int> code;
  aio::Commit commit = begin(context, log, code);
  for (std::uint64_t index = 0; index < 5; ++index) {
    write(commit, aio::write(borrowed(log)).from(pattern(10)).at(10 * index));
  }
  REQUIRE(must(context.wait(1)) == 1);
  std::move(commit).seal();
  REQUIRE(!watched.writes_in_flight_at_sync());
  REQUIRE(must(context.wait(context.in_flight())) == 5);
  REQUIRE(watched.writes_in_flight_at_sync() == 0);
  REQUIRE(code == 0);
}

TEST_CASE("a commit that is not sealed keeps its sync; one without writes sends it at once") {
  const TemporaryFile log;
  aio::Context context = make_context();
  std::optional<int> code;
  aio::Commit commit = begin(context, log, code);
  REQUIRE(context.in_flight() == 1);
  REQUIRE(code_of(context.wait()) == EDEADLK);
  REQUIRE(code_of(context.close()) == EDEADLK);
  aio::Commit moved = std::move(commit);
  std::move(moved).seal();
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(code == 0);
}

TEST_CASE(
    "a commit that is destroyed unsealed is abandoned: its writes go on, its sync is ECANCELED") {
  const Watched watched;
  const TemporaryFile log;
  aio::Context context = make_context_without_ring();
  std::optional<int> code;
  {
    aio::Commit commit = begin(context, log, code);
    write(commit, aio::write(borrowed(log)).from(pattern(10)));
  }
  REQUIRE(context.in_flight() == 2);
  REQUIRE(must(context.wait(2)) == 2);
  REQUIRE(code == ECANCELED);
  REQUIRE(!watched.writes_in_flight_at_sync());
  REQUIRE(log.content() == pattern(10));
}

TEST_CASE("a write that failed or was short is not made durable: the sync is ECANCELED") {
  const TemporaryFile log;
  const TemporaryFile read_only(pattern(10));
  const aio::File refusing =
      must(aio::File::open(read_only.path().c_str(), aio::Access::read_only));
  aio::Context context = make_context();
  std::optional<int> code;
  aio::Commit commit = begin(context, log, code);
  write(commit, aio::write(borrowed(log)).from(pattern(10)));
  write(commit, aio::write(refusing).from(pattern(10)));
  std::move(commit).seal();
  REQUIRE(must(context.wait(3)) == 3);
  REQUIRE(code == ECANCELED);

  // A pipe with less room than the write has bytes.
  const Pipe pipe;
  code.reset();
  aio::Commit short_one = begin(context, log, code);
  write(short_one, aio::write(aio::BorrowedFd(pipe.write_end())).from(Bytes(2 * pipe.capacity())));
  std::move(short_one).seal();
  REQUIRE(must(context.wait(2)) == 2);
  REQUIRE(code == ECANCELED);
}

TEST_CASE("a sync that was not sent says why") {
  const TemporaryFile log;
  const Pipe pipe;
  const Pipe empty(O_NONBLOCK);
  aio::Context context = make_context();
  const auto message_after = [&](auto write_and_end) {
    std::string message;
    auto commit = context.begin_commit(
        aio::fdatasync(borrowed(log)),
        [&](const aio::SyncCompletion& done) { message = done.result.error().message(); });
    REQUIRE(commit);
    write_and_end(std::move(*commit));
    must(context.wait(context.in_flight()));
    return message;
  };
  const auto write_to = [](aio::Commit& commit, int fd, std::size_t size = 1) {
    write(commit, aio::write(aio::BorrowedFd(fd)).from(Bytes(size)));
  };
  const std::string failed = message_after([&](aio::Commit commit) {
    write_to(commit, -1);
    write_to(commit, pipe.write_end(), 2 * pipe.capacity());
    std::move(commit).seal();
  });
  REQUIRE(
      failed.ends_with("a write before it failed with EBADF (Bad file descriptor): send the "
                       "writes again, then the sync"));
  const std::string was_short = message_after([&](aio::Commit commit) {
    write_to(commit, empty.write_end(), 2 * empty.capacity());
    std::move(commit).seal();
  });
  REQUIRE(
      was_short.ends_with("a write before it was short, or failed with EIO: send the writes "
                          "again, then the sync"));
  const std::string abandoned =
      message_after([](aio::Commit commit) { const aio::Commit dropped = std::move(commit); });
  REQUIRE(abandoned.ends_with("its commit was not sealed, or a write before it was cancelled"));
}

TEST_CASE("a continuation of a write may add another, while the commit is open") {
  const TemporaryFile log;
  aio::Context context = make_context();
  std::optional<int> code;
  aio::Commit commit = begin(context, log, code);
  int added = 0;
  REQUIRE(commit.submit(aio::write(borrowed(log)).from(pattern(10)), [&](const auto&) {
    added += commit.submit(aio::write(borrowed(log)).from(pattern(10)).at(10), [](const auto&) {})
                 ? 1
                 : 0;
  }));
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(added == 1);
  std::move(commit).seal();
  REQUIRE(must(context.wait(2)) == 2);
  REQUIRE(code == 0);
  REQUIRE(log.content().size() == 20);
}

TEST_CASE("the sync of a commit can be cancelled, and a full context refuses both") {
  const TemporaryFile log;
  aio::Context context = make_context(2);
  std::optional<int> code;
  aio::Commit commit = begin(context, log, code);
  write(commit, aio::write(borrowed(log)).from(pattern(10)));
  auto refused = commit.submit(aio::write(borrowed(log)).from(pattern(20)), [](const auto&) {});
  REQUIRE(!refused);
  REQUIRE(refused.error().error.code() == EAGAIN);
  REQUIRE(std::move(refused.error().request).release() == pattern(20));
  REQUIRE(!context.begin_commit(aio::fdatasync(borrowed(log)), [](const auto&) {}));

  REQUIRE(context.cancel(commit.id()) == aio::Cancel::requested);
  REQUIRE(must(context.wait(2)) == 2);
  REQUIRE(code == ECANCELED);
}

TEST_CASE("a sync that is held counts as not sent, so that its file is kept open") {
  const TemporaryFile log;
  aio::Context context = make_context();
  std::optional<int> code;
  aio::Commit commit = begin(context, log, code);
  write(commit, aio::write(borrowed(log)).from(pattern(10)));
  std::move(commit).seal();
  REQUIRE(context.flush() == 1);
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(context.flush() == 0);
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(code == 0);
}

TEST_CASE("a commit whose context is gone can be destroyed, and nothing else") {
  const TemporaryFile log;
  std::optional<aio::Context> context(make_context());
  std::optional<int> code;
  aio::Commit first = begin(*context, log, code);
  aio::Commit second = begin(*context, log, code);
  write(second, aio::write(borrowed(log)).from(pattern(10)));
  aio::Commit moved = std::move(second);
  context.reset();
  REQUIRE(!code);
  const aio::Commit still = std::move(moved);
  const Ending ending = in_child([&first] { return std::move(first).seal(), 0; });
  REQUIRE(ending.signal == SIGABRT);
}

TEST_CASE("the continuation of the last write may wait for the sync, and close the context") {
  const TemporaryFile log;
  for (const bool fails : {false, true}) {
    for (const bool closes : {false, true}) {
      aio::Context context = make_context();
      std::optional<int> code;
      aio::Commit commit = begin(context, log, code);
      const aio::BorrowedFd target(fails ? -1 : log.fd());
      std::optional<int> seen;
      REQUIRE(commit.submit(aio::write(target).from(pattern(10)), [&](const auto&) {
        if (closes) {
          must(context.close());
        } else {
          REQUIRE(must(context.wait()) == 1);
        }
        seen = code;
      }));
      std::move(commit).seal();
      REQUIRE(must(context.wait()) == 2);
      REQUIRE(seen == (fails ? ECANCELED : 0));
    }
  }
}

TEST_CASE("using a commit after it was sealed or moved from ends the program") {
  const TemporaryFile log;
  aio::Context context = make_context();
  std::optional<int> code;
  aio::Commit sealed = begin(context, log, code);
  std::move(sealed).seal();
  aio::Commit moved = begin(context, log, code);
  const aio::Commit owner = std::move(moved);
  const auto require_death = [](const std::function<void()>& use) {
    const Ending ending = in_child([&use] { return use(), 0; });
    REQUIRE(ending.signal == SIGABRT);
    REQUIRE(ending.output ==
            "linux_aio: a Commit was used after it was moved from or sealed, or without its "
            "context\n");
  };
  // NOLINTNEXTLINE(bugprone-use-after-move): that is the test
  for (aio::Commit* const commit : {&sealed, &moved}) {
    require_death([commit] { std::move(*commit).seal(); });
    require_death([commit] {
      static_cast<void>(
          commit->submit(aio::write(aio::BorrowedFd(-1)).from(Bytes(1)), [](const auto&) {}));
    });
  }
}
