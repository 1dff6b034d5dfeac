// pread(2) and pwrite(2), one after the other.

#include "bench/device/engine.hpp"
#include "bench/device/transfer.hpp"

namespace device {
namespace {

class Blocking : public Engine {
 public:
  explicit Blocking(Transfers& transfers) : Engine(transfers) { started_.reserve(depth()); }

  void start(std::size_t slot, std::uint64_t offset) override {
    started_.push_back({slot, offset});
  }

 private:
  struct Request {
    std::size_t slot;
    std::uint64_t offset;
  };

  void await(std::size_t /*at_least*/) override {
    for (const Request& request : started_) {
      complete(request.slot, transfer(transfers().file.number(), transfers().write,
                                      bytes(request.slot), request.offset));
    }
    started_.clear();
  }

  std::vector<Request> started_;
};

}  // namespace

Made make_blocking(Transfers& transfers) { return std::make_unique<Blocking>(transfers); }

}  // namespace device
