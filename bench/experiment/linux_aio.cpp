// Kernel AIO through linux_aio: the buffers move into the requests and come back.

#include <linux_aio/linux_aio.hpp>
#include <utility>

#include "bench/experiment/way.hpp"

namespace experiment {
namespace {

namespace aio = linux_aio;

class LinuxAio : public Way {
 public:
  LinuxAio(std::span<Source> sources, aio::Context context)
      : sources_(sources), context_(std::move(context)) {}

  void begin() override {
    for (Source& source : sources_) {
      const auto accepted = context_.submit(
          aio::read(source.file).into(std::move(source.buffer)).at(0), [&source](auto done) {
            if (!done.result) fail(source.path + ": " + done.result.error().message());
            source.buffer = std::move(done.buffer);
            expect_whole(source, static_cast<long long>(*done.result));
          });
      if (!accepted) fail(accepted.error().error.message());
    }
    context_.flush();
  }

  void end() override {
    const auto done = context_.wait(context_.in_flight());
    if (!done) fail(done.error().message());
  }

 private:
  std::span<Source> sources_;
  aio::Context context_;
};

}  // namespace

Made make_linux_aio(std::span<Source> sources) {
  auto context = aio::Context::create({.capacity = static_cast<std::uint32_t>(sources.size())});
  if (!context) return std::unexpected(context.error().message());
  return std::make_unique<LinuxAio>(sources, std::move(*context));
}

}  // namespace experiment
