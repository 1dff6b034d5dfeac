// co_await in coroutines: resumed once, with the completion; destroyed at any time.
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "tests/support/safe.hpp"
#include "tests/support/task.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

Task read_twice(aio::Context& context, const TemporaryFile& file, std::vector<Bytes>& read) {
  const aio::BorrowedFd fd = borrowed(file);
  Bytes buffer(10);
  for (const std::uint64_t offset : {0U, 20U}) {
    auto done = co_await context.async(aio::read(fd).into(std::move(buffer)).at(offset));
    if (!done.result) co_return;
    read.push_back(copy_of(done.bytes()));
    buffer = std::move(done.buffer);
  }
}

}  // namespace

TEST_CASE("a coroutine gets the completion of what it awaits, and the buffer back") {
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  std::vector<Bytes> read;
  const Task task = read_twice(context, file, read);
  REQUIRE(context.in_flight() == 1);
  REQUIRE(read.empty());
  while (context.in_flight() != 0) must(context.wait());
  REQUIRE(task.done());
  REQUIRE(read == std::vector{part_of(content, 0, 10), part_of(content, 20, 10)});
}

TEST_CASE("more coroutines than slots wait for room, and all get it") {
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  for (const bool ring : {true, false}) {
    aio::Context context = ring ? make_context(3) : make_context_without_ring(3);
    std::vector<Bytes> read;
    std::vector<Task> tasks;
    for (int count = 0; count < 50; ++count) tasks.push_back(read_twice(context, file, read));
    REQUIRE(context.in_flight() == 3);
    while (context.in_flight() != 0) must(context.wait());
    REQUIRE(read.size() == 100);
    for (const Task& task : tasks) REQUIRE(task.done());
  }
}

TEST_CASE("a coroutine that waits for room comes before the continuation that makes it") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(1);
  std::vector<Bytes> read;
  int code = 0;
  submit(context, aio::fsync(borrowed(file)), [&](const auto&) {
    const auto refused = context.submit(aio::fsync(borrowed(file)), [](const auto&) {});
    if (!refused) code = refused.error().error.code();
  });
  const Task task = read_twice(context, file, read);
  while (context.in_flight() != 0) must(context.wait());
  REQUIRE(code == EAGAIN);
  REQUIRE(task.done());
  submit(context, aio::fsync(borrowed(file)), [](const auto&) {});  // there is room again
  must(context.close());
}

TEST_CASE("a coroutine that a continuation starts, and that waits, comes before the next one") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(2);
  std::vector<Bytes> read;
  std::vector<Task> tasks;
  int code = 0;
  // Complete in order, and in one pass.
  const auto one_byte = [&] { return aio::read(borrowed(file)).into(Bytes(1)); };
  submit(context, one_byte(), [&](const auto&) {
    submit(context, one_byte(), [](const auto&) {});
    tasks.push_back(read_twice(context, file, read));
  });
  submit(context, one_byte(), [&](const auto&) {
    const auto refused = context.submit(one_byte(), [](const auto&) {});
    if (!refused) code = refused.error().error.code();
  });
  while (context.in_flight() != 0) must(context.wait());
  REQUIRE(code == EAGAIN);
  REQUIRE(tasks.at(0).done());
}

TEST_CASE("a coroutine is destroyed while its request is in flight, or waits for room") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(2);
  std::vector<Bytes> read;
  std::vector<Task> tasks;
  for (int count = 0; count < 6; ++count) tasks.push_back(read_twice(context, file, read));
  context.flush();
  tasks[0].destroy();
  tasks[3].destroy();
  tasks[5].destroy();
  while (context.in_flight() != 0) must(context.wait());
  REQUIRE(read.size() == 6);
  REQUIRE(tasks[1].done());
  REQUIRE(tasks[2].done());
  REQUIRE(tasks[4].done());
}

TEST_CASE("a poll is cancelled with the coroutine that awaits it") {
  const Pipe pipe;
  aio::Context context = make_context();
  const auto wait_for = [](aio::Context& where, int fd) -> Task {
    static_cast<void>(co_await where.async(aio::poll(aio::BorrowedFd(fd), aio::PollEvent::in)));
  };
  {
    const Task task = wait_for(context, pipe.read_end());
    context.flush();
    REQUIRE(context.in_flight() == 1);
  }
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(context.in_flight() == 0);
}

TEST_CASE(
    "a write that was not yet sent goes nowhere when its coroutine is destroyed with its file") {
  const TemporaryFile theirs(pattern(100));
  const TemporaryFile other(pattern(50));
  aio::Context context = make_context();
  int number = -1;
  {
    const auto write = [&]() -> Task {
      const aio::File file(::dup(theirs.fd()));
      number = file.number();
      static_cast<void>(co_await context.async(aio::write(file).from(Bytes(10))));
    };
    const Task task = write();
    REQUIRE(context.in_flight() == 1);
  }
  REQUIRE(::dup2(other.fd(), number) == number);  // what else gets the number
  while (context.in_flight() != 0) must(context.wait());
  ::close(number);
  REQUIRE(theirs.content() == pattern(100));
  REQUIRE(other.content() == pattern(50));
}

TEST_CASE("a context that is destroyed first leaves its coroutines suspended") {
  const TemporaryFile file(pattern(100));
  std::vector<Bytes> read;
  std::optional<aio::Context> context(make_context(1));
  const Task in_flight = read_twice(*context, file, read);
  const Task waiting = read_twice(*context, file, read);
  context->flush();
  context.reset();
  REQUIRE(!in_flight.done());
  REQUIRE(!waiting.done());
  REQUIRE(read.empty());
}

TEST_CASE("a request that waits for a slot counts as not sent, so that its file is kept open") {
  const TemporaryFile file(pattern(100));
  std::vector<Bytes> read;
  aio::Context context = make_context(1);
  const Task first = read_twice(context, file, read);
  const Task second = read_twice(context, file, read);
  REQUIRE(context.flush() == 1);
  while (context.in_flight() != 0) must(context.wait());
  REQUIRE(context.flush() == 0);
  REQUIRE(read.size() == 4);
}

TEST_CASE("a closed context completes at once what is awaited, with its buffer") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  must(context.close());
  int code = 0;
  std::size_t size = 0;
  const auto task = [&]() -> Task {
    auto done = co_await context.async(aio::read(borrowed(file)).into(Bytes(10)));
    code = done.result ? 0 : done.result.error().code();
    size = done.buffer.size();
  }();
  REQUIRE(task.done());
  REQUIRE(code == ESHUTDOWN);
  REQUIRE(size == 10);
}

TEST_CASE(
    "close completes the coroutines that wait for room, also inside a run that waits for it") {
  const TemporaryFile file(pattern(100));
  const Pipe pipe;
  aio::Context context = make_context(1);
  std::vector<Bytes> read;
  std::vector<int> codes;
  const auto poll_then_read = [&]() -> Task {
    const auto polled =
        co_await context.async(aio::poll(aio::BorrowedFd(pipe.read_end()), aio::PollEvent::in));
    codes.push_back(polled.result ? 0 : polled.result.error().code());
  };
  submit(context, aio::fsync(borrowed(file)), [&](const auto&) { must(context.close()); });
  const Task reading = read_twice(context, file, read);
  const Task polling = poll_then_read();
  auto [late] = context.run(aio::read(borrowed(file)).into(Bytes(1)));
  REQUIRE(code_of(late.result) == ESHUTDOWN);
  REQUIRE(reading.done());
  REQUIRE(read.size() == 2);
  REQUIRE(polling.done());
  REQUIRE(codes == std::vector{ECANCELED});
}
