// asio_loop: prints a file no faster than asked for. One coroutine awaits Asio's timers and
// linux_aio's reads.
//
// asio_context.hpp is the part to read first: it brings the two together.

#include <asio.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "examples/asio_loop/asio_context.hpp"
#include "examples/support/command_line.hpp"

namespace {

namespace aio = linux_aio;
using asio_loop::AsioContext;

constexpr const char* help = R"(Usage: asio_loop [OPTION]... FILE

Prints FILE, a block after the other, and pauses after each.

  --block-size N  bytes of a block (default 65536)
  --pause N       milliseconds of a pause (default 100)
  -h, --help      show this help
)";

struct Options {
  std::string path;
  std::size_t block_size;
  std::chrono::milliseconds pause;
};

// Values, not references: the coroutine goes on when its caller has returned.
asio::awaitable<void> print(AsioContext* context, Options options) {
  const auto file =
      asio_loop::value_or_throw(aio::File::open(options.path.c_str(), aio::Access::read_only));
  auto buffer = asio_loop::value_or_throw(aio::AlignedBuffer::allocate(options.block_size));
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (std::uint64_t offset = 0;;) {
    timer.expires_after(options.pause);
    auto done = co_await context->async_run(aio::read(file).into(std::move(buffer)).at(offset),
                                            asio::use_awaitable);
    offset += asio_loop::value_or_throw(done.result);
    if (*done.result == 0) co_return;
    std::fwrite(done.bytes().data(), 1, done.bytes().size(), stdout);
    std::fflush(stdout);
    buffer = std::move(done.buffer);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

}  // namespace

int main(int argc, char** argv) {
  support::CommandLine arguments(argc, argv, "asio_loop", help);
  Options options{.path = {},
                  .block_size = arguments.number("--block-size", 65536, 1 << 30),
                  .pause = std::chrono::milliseconds(arguments.number("--pause", 100, 86'400'000))};
  options.path = arguments.operands(1, 1).front();
  try {
    asio::io_context loop(1);
    AsioContext context(loop, {.capacity = 8});
    std::exception_ptr failure;
    asio::co_spawn(loop, print(&context, options),
                   [&failure](std::exception_ptr why) { failure = std::move(why); });
    loop.run();
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& failure) {
    support::die(options.path + ": " + failure.what());
  }
  return 0;
}
