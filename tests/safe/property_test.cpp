// Whatever is submitted, however it is waited for and whatever the kernel does: every accepted
// request completes exactly once, with its result and its own buffer.
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <memory>
#include <random>
#include <vector>

#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
using namespace std::chrono_literals;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  // 0 to most - 1.
  std::size_t below(std::size_t most) { return engine_() % most; }
  bool one_in(std::size_t many) { return below(many) == 0; }

 private:
  std::mt19937 engine_;
};

// A kernel that does all that it may: accepts a part, has room for 5 only, is interrupted, and
// reports one by one.
void make_hostile(InterposedKernel& kernel, Random& random, long& in_kernel) {
  kernel.io_submit = [&](auto handle, long count, auto requests) -> long {
    if (random.one_in(5)) return -EINTR;
    if (in_kernel >= 5) return -EAGAIN;
    const long most = 1 + static_cast<long>(random.below(static_cast<std::size_t>(5 - in_kernel)));
    const long result = raw::io_submit(handle, std::min(count, most), requests);
    if (result > 0) in_kernel += result;
    return result;
  };
  kernel.io_getevents = [&](auto handle, long least, long most, auto events, auto timeout) -> long {
    if (random.one_in(5)) return -EINTR;
    if (random.one_in(5)) return 0;
    most = std::min(most, 1 + static_cast<long>(random.below(3)));
    const long result = raw::io_getevents(handle, std::min(least, most), most, events, timeout);
    if (result > 0) in_kernel -= result;
    return result;
  };
}

class Model {
 public:
  Model(unsigned seed, std::size_t requests)
      : random_(seed),
        most_(requests),
        context_(make_context_without_ring(static_cast<std::uint32_t>(1 + random_.below(40)))),
        content_(pattern(file_size, seed)),
        source_(content_),
        read_only_(must(aio::File::open(source_.path().c_str(), aio::Access::read_only))) {}

  Random& random() { return random_; }

  void play() {
    while (submitted_ < most_) act();
    must(context_.close());
    REQUIRE(context_.in_flight() == 0);
    REQUIRE(wrong_ == 0);
    REQUIRE(completed_ == std::vector<int>(completed_.size(), 1));
    Bytes written = target_.content();
    written.resize(expected_.size());
    REQUIRE((written == expected_));
  }

 private:
  static constexpr std::size_t file_size = 5000;

  void act() {
    switch (random_.below(10)) {
      case 0:
        context_.flush();
        break;
      case 1:
        count(context_.poll());
        break;
      case 2:
        if (context_.in_flight() != 0) count(context_.wait(1 + random_.below(5)));
        break;
      case 3:
        if (context_.in_flight() != 0) count(context_.wait(1 + random_.below(5), 0ms));
        break;
      case 4:
        run_some();
        break;
      default:
        submit_one(0);
    }
  }

  void count(const aio::Result<std::size_t>& ran) {
    if (!ran) ++wrong_;
  }

  std::size_t accept() {
    completed_.push_back(0);
    return completed_.size() - 1;
  }

  // What a continuation does besides being counted.
  void react(int depth) {
    if (depth == 4) return;
    if (random_.one_in(4)) submit_one(depth + 1);
    if (random_.one_in(16)) count(context_.poll());
    if (random_.one_in(32) && context_.in_flight() != 0) count(context_.wait(1));
    if (random_.one_in(64)) run_some();
  }

  void submit_one(int depth) {
    ++submitted_;
    switch (random_.below(8)) {
      case 0:
        return submit_sync(aio::fsync(read_only_), 0, depth);
      case 1:
        return submit_sync(aio::fdatasync(aio::BorrowedFd(-1)), EBADF, depth);
      case 2:
        return submit_write(depth);
      case 3:
        return submit_refused_write(depth);
      case 4:
        return submit_read(make_buffer(1 + random_.below(2000)), depth);
      default:
        return submit_read(Bytes(random_.below(3000)), depth);
    }
  }

  template <class Request, class Check>
  void offer(Request request, Check check, int depth) {
    const std::size_t id = accept();
    auto accepted = context_.submit(std::move(request), [this, id, check, depth](auto&& done) {
      ++completed_[id];
      if (!check(*this, done)) ++wrong_;
      react(depth);
    });
    if (accepted) return;
    const bool room = context_.in_flight() != context_.capacity() && running_ == 0;
    if (accepted.error().error.code() != EAGAIN || room) {
      ++wrong_;
    }
    completed_[id] = 1;  // refused to our face, so its continuation must not run
  }

  void submit_sync(aio::Sync request, int code, int depth) {
    offer(
        request,
        [code](Model&, const aio::SyncCompletion& done) {
          return (done.result ? 0 : done.result.error().code()) == code;
        },
        depth);
  }

  template <class Buffer>
  void submit_read(Buffer buffer, int depth) {
    const std::span<std::byte> bytes = aio::buffer_traits<Buffer>::bytes(buffer);
    const std::byte* const place = bytes.data();
    const std::size_t position = random_.below(bytes.size() + 1);
    const std::size_t length = random_.below(bytes.size() - position + 1);
    const std::size_t offset = random_.below(file_size + 500);
    const bool bad = random_.one_in(6);
    const std::size_t there = offset < file_size ? std::min(length, file_size - offset) : 0;
    struct Expected {
      const std::byte* place;
      std::uint32_t offset, count;
      int code;
      bool operator()(Model& model, aio::ReadCompletion<Buffer>& done) const {
        if (aio::buffer_traits<Buffer>::bytes(done.buffer).data() != place) return false;
        if (code != 0) return !done.result && done.result.error().code() == code;
        return done.result == count &&
               (count == 0 ||
                std::ranges::equal(done.bytes(), std::span(model.content_).subspan(offset, count)));
      }
    };
    const Expected expected{place, static_cast<std::uint32_t>(offset),
                            static_cast<std::uint32_t>(there), bad ? EINVAL : 0};
    offer(aio::read(read_only_)
              .into(std::move(buffer))
              .slice(position, length)
              .at(bad ? ~std::uint64_t{0} : offset),
          expected, depth);
  }

  void submit_write(int depth) {
    const std::size_t offset = expected_.size();
    Bytes bytes = pattern(random_.below(200), static_cast<unsigned>(offset));
    const std::size_t size = bytes.size();
    const std::byte* const place = bytes.data();
    const std::size_t id = accept();
    auto accepted = context_.submit(aio::write(borrowed(target_)).from(std::move(bytes)).at(offset),
                                    [this, id, place, size, depth](auto done) {
                                      ++completed_[id];
                                      if (done.result != size) ++wrong_;
                                      if (done.buffer.data() != place) ++wrong_;
                                      react(depth);
                                    });
    if (!accepted) {
      bytes = std::move(accepted.error().request).release();
      if (bytes.data() != place || bytes.size() != size) ++wrong_;
      completed_[id] = 1;
      return;
    }
    const Bytes same = pattern(size, static_cast<unsigned>(offset));
    expected_.insert(expected_.end(), same.begin(), same.end());
  }

  void submit_refused_write(int depth) {
    offer(
        aio::write(read_only_).from(Bytes(10)),
        [](Model&, const aio::WriteCompletion<Bytes>& done) {
          return !done.result && done.result.error().code() == EBADF;
        },
        depth);
  }

  void run_some() {
    submitted_ += 3;
    std::array<std::byte, 100> memory{};
    const std::size_t offset = random_.below(file_size - 200);
    ++running_;
    auto [good, bad, next] =
        context_.run(aio::read(read_only_).into(std::span(memory).first(50)).at(offset),
                     aio::read(aio::BorrowedFd(-1)).into(Bytes(10)),
                     aio::read(read_only_).into(std::span(memory).last(50)).at(offset + 50));
    --running_;
    if (good.result != 50U || next.result != 50U) ++wrong_;
    if (bad.result || bad.result.error().code() != EBADF) ++wrong_;
    if (!std::ranges::equal(memory, std::span(content_).subspan(offset, 100))) ++wrong_;
  }

  Random random_;
  std::size_t most_;
  std::size_t submitted_ = 0;
  std::vector<int> completed_;  // by request: how often
  int wrong_ = 0;
  int running_ = 0;  // calls of run(), which may be waiting for a slot
  Bytes expected_;   // of the target
  aio::Context context_;
  Bytes content_;
  TemporaryFile source_;
  TemporaryFile target_;
  aio::File read_only_;
};

}  // namespace

TEST_CASE("every accepted request completes exactly once, in any mixture") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    Model(seed, 1000).play();
  }
}

TEST_CASE("every accepted request completes exactly once, from a kernel that does all it may") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    Model model(seed, 1000);
    InterposedKernel kernel;
    long in_kernel = 0;
    make_hostile(kernel, model.random(), in_kernel);
    model.play();
    REQUIRE(in_kernel == 0);
  }
}
