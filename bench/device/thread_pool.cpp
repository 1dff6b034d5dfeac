// pread(2) and pwrite(2) in the threads of a pool: a request is a job.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "bench/device/engine.hpp"
#include "bench/device/transfer.hpp"

namespace device {
namespace {

class ThreadPool : public Engine {
 public:
  ThreadPool(Transfers& transfers, std::size_t threads) : Engine(transfers), jobs_(depth()) {
    done_.reserve(depth());
    taken_.reserve(depth());
    threads_.reserve(threads);
    while (threads_.size() < threads) {
      threads_.emplace_back([this] { work(); });
    }
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  ~ThreadPool() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    there_is_work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void start(std::size_t slot, std::uint64_t offset) override {
    {
      const std::lock_guard lock(mutex_);
      jobs_[pushed_++ % jobs_.size()] = {.slot = slot, .offset = offset, .result = 0};
    }
    there_is_work_.notify_one();
  }

 private:
  struct Job {
    std::size_t slot;
    std::uint64_t offset;
    long long result;
  };

  void await(std::size_t at_least) override {
    {
      std::unique_lock lock(mutex_);
      wanted_ = at_least;
      enough_are_done_.wait(lock, [this] { return done_.size() >= wanted_; });
      taken_.swap(done_);
    }
    for (const Job& job : taken_) complete(job.slot, job.result);
    taken_.clear();
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      there_is_work_.wait(lock, [this] { return stopping_ || popped_ != pushed_; });
      if (stopping_) return;
      Job job = jobs_[popped_++ % jobs_.size()];
      lock.unlock();
      job.result =
          transfer(transfers().file.number(), transfers().write, bytes(job.slot), job.offset);
      lock.lock();
      done_.push_back(job);
      if (done_.size() == wanted_) enough_are_done_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable there_is_work_;
  std::condition_variable enough_are_done_;
  std::vector<Job> jobs_;  // a ring, as large as there are slots
  std::size_t pushed_ = 0;
  std::size_t popped_ = 0;
  std::vector<Job> done_;
  std::vector<Job> taken_;
  std::size_t wanted_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

Made make_thread_pool(Transfers& transfers, std::size_t threads) {
  return std::make_unique<ThreadPool>(transfers, threads);
}

}  // namespace device
