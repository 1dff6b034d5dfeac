// Hand-written C, twice.

#include "bench/by_hand/by_hand.h"

#include <cerrno>
#include <cstring>

#include "bench/overhead/engines.hpp"
#include "bench/overhead/measure.hpp"

namespace overhead {
namespace {

static_assert(largest_batch <= LINUX_AIO_BY_HAND_MOST);

class HandWritten {
 public:
  HandWritten() : made_(::by_hand_setup(&hand_, largest_batch) == 0) {}
  HandWritten(const HandWritten&) = delete;
  HandWritten& operator=(const HandWritten&) = delete;
  ~HandWritten() {
    if (made_) ::by_hand_destroy(&hand_);
  }

  [[nodiscard]] bool made() const { return made_; }

  long write(Work& work, std::size_t batch) {
    return ::by_hand_write(&hand_, work.fd.number(), work.addresses.data(), work.length, batch);
  }
  long read(Work& work, std::size_t batch) {
    return ::by_hand_read(&hand_, work.fd.number(), work.addresses.data(), work.length, batch);
  }
  long poll(const Work& work, std::size_t batch) {
    return ::by_hand_poll(&hand_, work.fd.number(), batch);
  }

 private:
  ::ByHand hand_ = {};
  bool made_;
};

}  // namespace

LeftOut add_by_hand(std::vector<Work>& works) {
  const auto engine = std::make_shared<HandWritten>();
  if (!engine->made()) return std::string("io_setup: ") + std::strerror(errno);
  add_row(by_hand_row, engine, works);
  add_row(again_row, engine, works);
  return std::nullopt;
}

}  // namespace overhead
