// AsioContext: a linux_aio context that an Asio io_context drives, in the thread that runs it.
#pragma once

#include <asio.hpp>
#include <linux_aio/linux_aio.hpp>
#include <system_error>
#include <utility>

namespace asio_loop {

/// What a Result's error is to Asio.
[[noreturn]] inline void raise(const linux_aio::Error& error) {
  throw std::system_error(error.code(), std::generic_category(), error.message());
}

template <class T>
T value_or_throw(linux_aio::Result<T> result) {
  if (!result) raise(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Runs requests as Asio runs its own operations: with any completion token. It has to live until
/// the io_context runs no more.
class AsioContext {
 public:
  AsioContext(asio::io_context& loop, linux_aio::ContextOptions options)
      : context_(value_or_throw(linux_aio::Context::create(options))),
        completed_(value_or_throw(linux_aio::EventFd::create())),
        descriptor_(loop, completed_.number()) {}
  AsioContext(const AsioContext&) = delete;
  AsioContext(AsioContext&&) = delete;
  AsioContext& operator=(const AsioContext&) = delete;
  AsioContext& operator=(AsioContext&&) = delete;
  ~AsioContext() { descriptor_.release(); }  // completed_ closes it

  /// Completes with the completion of `request`, from a turn of the loop. Throws if the context
  /// takes no request.
  template <class Request, class Token>
  // NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): async_initiate() takes an lvalue
  auto async_run(Request request, Token&& token) {
    return asio::async_initiate<Token, void(typename Request::Completion)>(
        [this](auto handler, Request given) { this->begin(std::move(given), std::move(handler)); },
        token, std::move(request));
  }

 private:
  template <class Request, class Handler>
  void begin(Request request, Handler handler) {
    // Asio tells errors by exception, and a continuation must not throw: so what it calls is no
    // more than the post of a handler.
    const auto accepted = context_.submit(
        std::move(request).notify(completed_),
        [this, handler = std::move(handler)](auto done) mutable {
          auto executor = asio::get_associated_executor(handler, descriptor_.get_executor());
          asio::post(executor, [handler = std::move(handler), done = std::move(done)]() mutable {
            handler(std::move(done));
          });
        });
    if (!accepted) raise(accepted.error().error);
    context_.flush();
    if (!waiting_) wait();
  }

  // Once, as long as requests are in flight: so the loop ends when there is nothing to do.
  void wait() {
    waiting_ = true;
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [this](const std::error_code& error) {
                             waiting_ = false;
                             if (error) return;  // the loop is being destroyed
                             value_or_throw(completed_.drain());
                             value_or_throw(context_.poll());
                             if (!waiting_ && context_.in_flight() != 0) wait();
                           });
  }

  linux_aio::Context context_;
  linux_aio::EventFd completed_;
  asio::posix::stream_descriptor descriptor_;
  bool waiting_ = false;
};

}  // namespace asio_loop
