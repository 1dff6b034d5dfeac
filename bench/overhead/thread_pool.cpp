// Blocking calls in four threads that wait for them: a request is a job.

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "bench/overhead/blocking.hpp"
#include "bench/overhead/engines.hpp"
#include "bench/overhead/measure.hpp"

namespace overhead {
namespace {

class ThreadPool {
 public:
  ThreadPool() {
    for (std::thread& thread : threads_) thread = std::thread([this] { run_jobs(); });
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    there_is_work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  long write(Work& work, std::size_t batch) { return run(work, batch, write_blocking); }
  long read(Work& work, std::size_t batch) { return run(work, batch, read_blocking); }
  long poll(Work& work, std::size_t batch) {
    return run(work, batch, [](Work& its, std::size_t index) { return poll_blocking(its, index); });
  }

 private:
  using Call = long (*)(Work&, std::size_t);

  long run(Work& work, std::size_t batch, Call call) {
    {
      const std::lock_guard lock(mutex_);
      work_ = &work;
      call_ = call;
      next_ = 0;
      done_ = 0;
      batch_ = batch;
      total_ = 0;
    }
    for (std::size_t job = 0; job < batch; ++job) there_is_work_.notify_one();
    std::unique_lock lock(mutex_);
    all_is_done_.wait(lock, [this] { return done_ == batch_; });
    return total_;
  }

  void run_jobs() {
    std::unique_lock lock(mutex_);
    while (true) {
      there_is_work_.wait(lock, [this] { return stopping_ || next_ < batch_; });
      if (stopping_) return;
      const std::size_t job = next_++;
      lock.unlock();
      const long result = call_(*work_, job);
      lock.lock();
      total_ += result;
      if (++done_ == batch_) all_is_done_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable there_is_work_;
  std::condition_variable all_is_done_;
  Work* work_ = nullptr;
  Call call_ = nullptr;
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  std::size_t batch_ = 0;
  long total_ = 0;
  bool stopping_ = false;
  std::array<std::thread, 4> threads_;
};

}  // namespace

LeftOut add_thread_pool(std::vector<Work>& works) {
  add_row("thread_pool", std::make_shared<ThreadPool>(), works);
  return std::nullopt;
}

}  // namespace overhead
