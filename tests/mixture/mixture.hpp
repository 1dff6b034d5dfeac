// A context under random use, beside a model that knows what each request must bring.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux_aio/linux_aio.hpp>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "tests/mixture/random.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/task.hpp"

namespace linux_aio::testing {

/// Submits, awaits, runs, polls, commits, cancels, waits, and destroys coroutines, from its own
/// code and from continuations. Every accepted request must complete exactly once, with its own
/// result and its own buffer; those of coroutines that are destroyed, never.
class Mixture {
 public:
  Mixture(unsigned seed, bool reap_in_user_space);

  Random& random() { return random_; }

  /// Does `steps` things, closes the context, and requires that all was right.
  void play(std::size_t steps);

 private:
  using Entry = std::uint32_t;
  static constexpr std::size_t file_size = 5000;

  enum class Kind : std::uint8_t { transfer, poll, sync_of_commit };

  // What the model knows of a request that was accepted.
  struct Request {
    Kind kind = Kind::transfer;
    bool cancelled = false;  // Context::cancel said that it would be
    std::uint8_t completions = 0;
  };

  // Writes with one sync: what must become of it.
  struct CommitModel {
    std::size_t open_writes = 0;
    bool failed = false;
  };
  struct OpenCommit {
    Commit commit;
    CommitModel* model;
  };

  // A coroutine that runs must not be destroyed.
  struct Coroutine {
    bool runs = false;
    std::optional<Task> task;
  };

  // Counts a request that may never complete, so that there are not too many of them.
  class Endless {
   public:
    explicit Endless(Mixture& mixture) : mixture_(mixture) { ++mixture_.endless_; }
    Endless(const Endless&) = delete;
    Endless& operator=(const Endless&) = delete;
    ~Endless() { --mixture_.endless_; }

   private:
    Mixture& mixture_;
  };

  void act(int depth);
  void react(int depth);
  void wait();
  void check(bool right, const char* what);
  void check_ran(const Result<std::size_t>& ran);

  // Requests with a continuation.
  void submit_one(int depth);
  Entry accept(Kind kind);
  void forget(Entry entry);
  [[nodiscard]] bool finish(Entry entry);
  template <class R, class Check>
  void offer(Kind kind, R request, Check check, int depth);
  template <class B>
  void submit_read(B buffer, int depth);
  void submit_vectored_read(int depth);
  void submit_write(int depth);
  void submit_poll(int depth);
  void submit_refused(int depth);
  [[nodiscard]] Bytes reserve(std::size_t size, std::size_t& offset);
  void written(std::size_t offset, std::size_t size);
  void cancel_one();
  void feed_or_drain();

  // Requests that are waited for.
  void run_some();
  void run_each_of_some();

  // Commits and coroutines.
  void begin_commit();
  void write_to_commit(int depth);
  void seal_commit();
  void start_coroutine();
  void destroy_coroutine();
  Task read_and_poll(Coroutine& self, std::size_t times);
  [[nodiscard]] bool may_add_endless() const { return endless_ < most_endless_; }

  [[nodiscard]] Bytes expected_read(std::size_t offset, std::size_t length) const;

  Random random_;
  std::size_t most_endless_;
  std::size_t steps_left_ = 0;
  std::size_t sure_ = 0;     // requests that complete by themselves
  std::size_t endless_ = 0;  // requests that complete when something else happens
  int running_ = 0;          // calls of run(), which may be waiting for a slot
  bool closing_ = false;
  std::string wrong_;  // the first thing
  std::vector<Request> requests_;
  std::vector<std::pair<RequestId, Entry>> recent_;
  std::list<CommitModel> commit_models_;
  Bytes content_;
  TemporaryFile source_;
  TemporaryFile target_;
  Bytes expected_;  // of the target
  File read_only_;
  std::vector<Pipe> pipes_;
  Context context_;
  std::list<OpenCommit> commits_;
  std::list<Coroutine> coroutines_;
};

}  // namespace linux_aio::testing
