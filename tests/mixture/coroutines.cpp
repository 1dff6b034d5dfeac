// The commits and coroutines of a mixture.
#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "tests/mixture/mixture.hpp"

namespace linux_aio::testing {

void Mixture::begin_commit() {
  if (!may_add_endless() || commits_.size() == 2) return;
  CommitModel& model = commit_models_.emplace_back();
  const Entry entry = accept(Kind::sync_of_commit);
  auto commit = context_.begin_commit(
      fdatasync(read_only_), [this, entry, &model](const SyncCompletion& done) {
        const bool cancelled = finish(entry);
        check(cancelled || model.open_writes == 0, "a sync went out before its writes");
        check((done.result ? 0 : done.result.error().code()) ==
                  (cancelled || model.failed ? ECANCELED : 0),
              "a sync did not follow its writes");
      });
  if (!commit) return forget(entry);
  ++endless_;
  commits_.push_back({std::move(*commit), &model});
}

void Mixture::write_to_commit(int depth) {
  if (commits_.empty()) return;
  OpenCommit& open = *std::next(commits_.begin(), static_cast<int>(random_.below(commits_.size())));
  const bool bad = random_.one_in(8);
  std::size_t offset = 0;
  Bytes bytes = reserve(random_.below(100), offset);
  const std::size_t size = bytes.size();
  const Entry entry = accept(Kind::transfer);
  CommitModel* const model = open.model;
  ++model->open_writes;
  struct Expected {
    std::uint32_t offset, size;
    Entry entry;
    bool bad;
    std::uint8_t depth;
  };
  const Expected expected{static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(size),
                          entry, bad, static_cast<std::uint8_t>(depth)};
  auto accepted = open.commit.submit(
      write(bad ? BorrowedFd(-1) : borrowed(target_)).from(std::move(bytes)).at(offset),
      [this, model, expected](const WriteCompletion<Bytes>& done) {
        const bool cancelled = finish(expected.entry);
        --model->open_writes;
        if (done.result) {
          written(expected.offset, expected.size);
        } else {
          model->failed = true;
        }
        const int code = done.result ? 0 : done.result.error().code();
        check(code == (cancelled      ? ECANCELED
                       : expected.bad ? EBADF
                                      : 0),
              "a write of a commit is not what it was");
        react(expected.depth);
      });
  if (accepted) {
    recent_.emplace_back(*accepted, entry);
    return;
  }
  --model->open_writes;
  forget(entry);
}

void Mixture::seal_commit() {
  if (commits_.empty()) return;
  const auto place = std::next(commits_.begin(), static_cast<int>(random_.below(commits_.size())));
  Commit commit = std::move(place->commit);
  CommitModel& model = *place->model;
  commits_.erase(place);
  --endless_;
  if (random_.one_in(2)) {
    std::move(commit).seal();
  } else {
    model.failed = true;  // for it is abandoned
  }
}

void Mixture::start_coroutine() {
  std::erase_if(coroutines_, [](const Coroutine& each) { return !each.runs && each.task->done(); });
  if (coroutines_.size() == 50) return;
  Coroutine& coroutine = coroutines_.emplace_back();
  coroutine.task.emplace(read_and_poll(coroutine, 1 + random_.below(3)));
}

void Mixture::destroy_coroutine() {
  if (coroutines_.empty()) return;
  const auto victim =
      std::next(coroutines_.begin(), static_cast<int>(random_.below(coroutines_.size())));
  if (!victim->runs) coroutines_.erase(victim);
}

Task Mixture::read_and_poll(Coroutine& self, std::size_t times) {
  Bytes buffer(random_.below(500));
  for (std::size_t count = 0; count < times; ++count) {
    const std::byte* const place = buffer.data();
    const std::size_t length = buffer.size();
    const std::size_t offset = random_.below(file_size + 500);
    auto done = co_await context_.async(read(read_only_).into(std::move(buffer)).at(offset));
    self.runs = true;
    check(done.result && done.buffer.data() == place &&
              copy_of(done.bytes()) == expected_read(offset, length),
          "a coroutine got the completion of another");
    buffer = std::move(done.buffer);
    react(0);
    self.runs = false;
    if (closing_ || !may_add_endless() || random_.one_in(2)) continue;
    const BorrowedFd pipe(pipes_[random_.below(pipes_.size())].read_end());
    const Endless endless(*this);
    const PollCompletion ready = co_await context_.async(linux_aio::poll(pipe, PollEvent::in));
    check(ready.result ? *ready.result == PollEvent::in
                       : closing_ && ready.result.error().code() == ECANCELED,
          "a coroutine's poll answered what it was not asked");
  }
}

}  // namespace linux_aio::testing
