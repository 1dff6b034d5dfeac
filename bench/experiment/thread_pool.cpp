// Blocking reads in the threads of a pool, as Python's aiofiles does it: a file is a job.

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/experiment/way.hpp"

namespace experiment {
namespace {

class ThreadPool : public Way {
 public:
  ThreadPool(std::span<Source> sources, std::size_t threads)
      : sources_(sources), next_(sources.size()), done_(sources.size()) {
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

  void begin() override {
    {
      const std::lock_guard lock(mutex_);
      next_ = 0;
      done_ = 0;
    }
    for (std::size_t job = 0; job < sources_.size(); ++job) there_is_work_.notify_one();
  }

  void end() override {
    std::unique_lock lock(mutex_);
    all_is_done_.wait(lock, [this] { return done_ == sources_.size(); });
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      there_is_work_.wait(lock, [this] { return stopping_ || next_ < sources_.size(); });
      if (stopping_) return;
      Source& source = sources_[next_++];
      lock.unlock();
      open_and_read(source);
      lock.lock();
      if (++done_ == sources_.size()) all_is_done_.notify_one();
    }
  }

  std::span<Source> sources_;
  std::mutex mutex_;
  std::condition_variable there_is_work_;
  std::condition_variable all_is_done_;
  std::size_t next_;  // of the sources, to be read
  std::size_t done_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

Made make_thread_pool(std::span<Source> sources, std::size_t threads) {
  return std::make_unique<ThreadPool>(sources, threads);
}

}  // namespace experiment
