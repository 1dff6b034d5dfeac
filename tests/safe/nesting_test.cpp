// What continuations may do to their context.
#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <vector>

#include "tests/support/held.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

// Reads a file block by block, each read submitted by the continuation of the one before.
struct Pipeline {
  aio::Context& context;
  aio::BorrowedFd file;
  Bytes read;
  bool failed = false;

  void next(Bytes buffer) {
    auto accepted = context.submit(aio::read(file).into(std::move(buffer)).at(read.size()),
                                   [this](auto done) { finish(std::move(done)); });
    failed = failed || !accepted;
  }
  void finish(aio::ReadCompletion<Bytes> done) {
    failed = failed || !done.result;
    const std::span<std::byte> bytes = done.bytes();
    read.insert(read.end(), bytes.begin(), bytes.end());
    if (!bytes.empty()) next(std::move(done.buffer));
  }
};

}  // namespace

TEST_CASE("a continuation submits the next request into the slot that its own has left") {
  const Bytes content = pattern(10'000);
  const TemporaryFile file(content);
  aio::Context context = make_context(1);
  Pipeline pipeline{context, borrowed(file), {}};
  pipeline.next(Bytes(64));
  while (context.in_flight() != 0) must(context.wait());
  REQUIRE(!pipeline.failed);
  REQUIRE(pipeline.read == content);
}

TEST_CASE("pipelines share a context") {
  constexpr std::size_t many = 20;
  aio::Context context = make_context(many);
  std::vector<std::unique_ptr<TemporaryFile>> files;
  std::vector<Pipeline> pipelines;
  pipelines.reserve(many);
  for (std::size_t index = 0; index < many; ++index) {
    files.push_back(
        std::make_unique<TemporaryFile>(pattern(100 * index, static_cast<unsigned>(index))));
    pipelines.push_back({context, borrowed(*files.back()), {}});
    pipelines.back().next(Bytes(32 + index));
  }
  must(context.close());
  for (std::size_t index = 0; index < many; ++index) {
    REQUIRE(!pipelines[index].failed);
    REQUIRE(pipelines[index].read == pattern(100 * index, static_cast<unsigned>(index)));
  }
}

TEST_CASE("one call completes what was refused, not what continuations have refused meanwhile") {
  struct Again {
    aio::Context& context;
    int& calls;
    void operator()(const aio::SyncCompletion&) const {
      if (++calls == 1000) return;
      submit(context, aio::fsync(aio::BorrowedFd(-1)), Again{context, calls});
      context.flush();
    }
  };
  aio::Context context = make_context();
  int calls = 0;
  submit(context, aio::fsync(aio::BorrowedFd(-1)), Again{context, calls});
  REQUIRE(must(context.wait()) < 10);
  REQUIRE(context.in_flight() == 1);
  must(context.close());
  REQUIRE(calls == 1000);
}

TEST_CASE("a continuation may wait for the requests beside its own") {
  const TemporaryFile file(pattern(100));
  for (const bool refused : {false, true}) {
    const aio::BorrowedFd fd(refused ? -1 : file.fd());
    aio::Context context = make_context(200);
    std::vector<int> calls(200);
    std::size_t nested = 0;
    for (std::size_t index = 0; index < 200; ++index) {
      submit(context, aio::read(fd).into(Bytes(1)), [&, index](const auto&) {
        ++calls[index];
        if (index % 50 == 7 && context.in_flight() != 0) nested += must(context.wait(3));
        if (index % 50 == 8) nested += must(context.poll());
      });
    }
    std::size_t outer = 0;
    while (context.in_flight() != 0) outer += must(context.wait());
    REQUIRE(calls == std::vector<int>(200, 1));
    REQUIRE(outer == 200);  // those that nested calls ran among them
    REQUIRE(nested >= 3);
  }
}

TEST_CASE("a continuation may run() requests of its own, even with the context full") {
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  aio::Context context = make_context(3);
  int right = 0;
  for (int count = 0; count < 3; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&](const auto&) {
      std::array<std::byte, 10> memory{};
      auto [done, synced] = context.run(aio::read(borrowed(file)).into(std::span(memory)).at(20),
                                        aio::fsync(borrowed(file)));
      right += copy_of(done.bytes()) == part_of(content, 20, 10) && synced.result ? 1 : 0;
    });
  }
  must(context.wait(3));
  must(context.close());
  REQUIRE(right == 3);
}

TEST_CASE("run() goes on when a continuation of another request runs, waits and closes") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(4);
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), [&](const auto&) {
    static_cast<void>(context.run(aio::fsync(borrowed(file))));
    must(context.close());
  });
  auto [read] = context.run(aio::read(borrowed(file)).into(Bytes(10)));
  REQUIRE(must(read.result) == 10);
  REQUIRE(context.in_flight() == 0);
}

TEST_CASE("one call completes what was there, not what continuations keep adding") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(200);
  int calls = 0;
  for (int count = 0; count < 200; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&](const auto&) {
      ++calls;
      submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&](const auto&) { ++calls; });
    });
  }
  REQUIRE(must(context.poll()) <= 256);
  REQUIRE(context.in_flight() >= 144);
  must(context.close());
  REQUIRE(calls == 400);
}

TEST_CASE("a continuation may move its context: wait, close and run go on") {
  const TemporaryFile file(pattern(100));
  for (const int way : {0, 1, 2}) {
    aio::Context context = make_context(4);
    std::vector<aio::Context> moved;
    int calls = 0;
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&](const auto&) {
      ++calls;
      moved.push_back(std::move(context));
      submit(moved.back(), aio::read(borrowed(file)).into(Bytes(1)), [&](const auto&) { ++calls; });
    });
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&](const auto&) { ++calls; });
    if (way == 0) {
      must(context.wait(3));
    } else if (way == 1) {
      must(context.close());
    } else {
      auto [first, second] = context.run(aio::read(borrowed(file)).into(Bytes(10)),
                                         aio::read(borrowed(file)).into(Bytes(20)));
      REQUIRE(must(first.result) == 10);
      REQUIRE(must(second.result) == 20);
    }
    must(moved.at(0).close());
    REQUIRE(calls == 3);
  }
}

TEST_CASE("run() goes on when a continuation moves the full context that it waits for") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(1);
  std::vector<aio::Context> moved;
  submit(context, aio::read(borrowed(file)).into(Bytes(1)),
         [&](const auto&) { moved.push_back(std::move(context)); });
  auto [done] = context.run(aio::read(borrowed(file)).into(Bytes(10)));
  REQUIRE(must(done.result) == 10);
  REQUIRE(moved.at(0).capacity() == 1);
}

TEST_CASE("a continuation has what slots there are besides that for which run() waits") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(4);
  std::size_t refused = 0;
  std::size_t done = 0;
  for (int count = 0; count < 4; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&, count](const auto&) {
      ++done;
      if (count != 0) return;
      for (int more = 0; more < 3; ++more) {
        while (!context.submit(aio::fsync(borrowed(file)), [&](const auto&) { ++done; })) {
          ++refused;
          must(context.wait());
        }
      }
    });
  }
  auto [read] = context.run(aio::read(borrowed(file)).into(Bytes(10)));
  REQUIRE(must(read.result) == 10);
  must(context.close());
  REQUIRE(refused != 0);
  REQUIRE(done == 7);
}

TEST_CASE("the slot that run() waits for is not given to others after a close that failed") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(2);
  auto commit = context.begin_commit(aio::fsync(borrowed(file)), [](const auto&) {});
  REQUIRE(commit);
  int closing = 0;
  int submitting = 0;
  submit(context, aio::fsync(borrowed(file)), [&](const auto&) {
    closing = code_of(context.close());
    const auto refused = context.submit(aio::fsync(borrowed(file)), [](const auto&) {});
    if (!refused) submitting = refused.error().error.code();
  });
  auto [done] = context.run(aio::read(borrowed(file)).into(Bytes(10)));
  REQUIRE(must(done.result) == 10);
  REQUIRE(closing == EDEADLK);
  REQUIRE(submitting == EAGAIN);
  std::move(*commit).seal();
  must(context.close());
}
