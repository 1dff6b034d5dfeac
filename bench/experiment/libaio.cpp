// Kernel AIO through libaio.

#include "bench/common/peers.hpp"
#include "bench/experiment/way.hpp"

#ifdef LINUX_AIO_BENCH_LIBAIO

#include <libaio.h>

#include <cstring>
#include <vector>

namespace experiment {
namespace {

class Libaio : public Way {
 public:
  Libaio(std::span<Source> sources, io_context_t context)
      : sources_(sources),
        context_(context),
        requests_(sources.size()),
        submitted_(sources.size()),
        events_(sources.size()) {}
  Libaio(const Libaio&) = delete;
  Libaio& operator=(const Libaio&) = delete;
  ~Libaio() override { ::io_destroy(context_); }

  void begin() override {
    for (std::size_t index = 0; index < sources_.size(); ++index) {
      const std::span<std::byte> bytes = sources_[index].buffer.bytes();
      ::io_prep_pread(&requests_[index], sources_[index].file.number(), bytes.data(), bytes.size(),
                      0);
      requests_[index].data = &sources_[index];
      submitted_[index] = &requests_[index];
    }
    std::size_t sent = 0;
    while (sent < submitted_.size()) {
      const int accepted = ::io_submit(context_, static_cast<long>(submitted_.size() - sent),
                                       submitted_.data() + sent);
      if (accepted < 0) fail("io_submit", -accepted);
      sent += static_cast<std::size_t>(accepted);
    }
  }

  void end() override {
    const auto all = static_cast<long>(events_.size());
    const int count = ::io_getevents(context_, all, all, events_.data(), nullptr);
    if (count != all) fail("io_getevents", count < 0 ? -count : 0);
    for (const io_event& event : events_) {
      // The kernel's errors are negative, in an unsigned field.
      expect_whole(*static_cast<const Source*>(event.data), static_cast<long>(event.res));
    }
  }

 private:
  std::span<Source> sources_;
  io_context_t context_;
  std::vector<iocb> requests_;
  std::vector<iocb*> submitted_;
  std::vector<io_event> events_;
};

}  // namespace

Made make_libaio(std::span<Source> sources) {
  io_context_t context = nullptr;
  const int status = ::io_setup(static_cast<int>(sources.size()), &context);
  if (status < 0) return std::unexpected(std::string("io_setup: ") + std::strerror(-status));
  return std::make_unique<Libaio>(sources, context);
}

}  // namespace experiment

#else

namespace experiment {

Made make_libaio(std::span<Source> /*sources*/) {
  return std::unexpected(bench::built_without("libaio"));
}

}  // namespace experiment

#endif
