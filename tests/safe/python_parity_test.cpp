// What the Python package linux_aio does and tests, done here. docs/python_parity.md says which
// test stands for what.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <chrono>
#include <concepts>
#include <fstream>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/support/held.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"

namespace {

using namespace linux_aio::testing;
using namespace std::chrono_literals;
using linux_aio::PollEvent;
using Operation = linux_aio::InFlightRequest::Operation;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;

Bytes bytes(std::string_view text) { return copy_of(std::as_bytes(std::span(text))); }

const Bytes content = bytes("content\n");

// Submits a request, waits for it, and returns its completion.
template <class Request>
typename Request::Completion completed(aio::Context& context, Request&& request) {
  std::vector<typename Request::Completion> completions;
  submit(context, std::forward<Request>(request),
         [&completions](auto done) { completions.push_back(std::move(done)); });
  REQUIRE(must(context.wait()) == 1);
  return std::move(completions.at(0));
}

std::vector<aio::InFlightRequest> in_flight(const aio::Context& context) {
  std::vector<aio::InFlightRequest> requests;
  context.for_each_in_flight([&](const aio::InFlightRequest& each) { requests.push_back(each); });
  return requests;
}

// How many rings of contexts are mapped into this process.
int mapped_contexts() {
  std::ifstream maps("/proc/self/maps");
  int count = 0;
  for (std::string line; std::getline(maps, line);) {
    if (line.find("/[aio]") != std::string::npos) ++count;
  }
  return count;
}

class SocketPair {
 public:
  SocketPair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()) == 0); }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
  ~SocketPair() {
    for (const int end : ends_) ::close(end);
  }
  [[nodiscard]] aio::BorrowedFd near() const { return aio::BorrowedFd(ends_[0]); }
  void answer() const { REQUIRE(::write(ends_[1], "answer", 6) == 6); }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace

TEST_CASE("a context ends with its scope") {
  const int before = mapped_contexts();
  {
    const aio::Context context = make_context(2);
    if (mapped_contexts() == before) skip("the kernel does not show the rings of contexts");
    REQUIRE(!context.closed());
  }
  REQUIRE(mapped_contexts() == before);
}

TEST_CASE("a closed context says so, and may be closed again") {
  aio::Context context = make_context(2);
  REQUIRE(!context.closed());
  must(context.close());
  REQUIRE(context.closed());
  must(context.close());
  REQUIRE(context.closed());
}

TEST_CASE("nothing can be submitted and nothing reaped") {
  aio::Context context = make_context(2);
  REQUIRE(context.run() == std::tuple());
  REQUIRE(context.flush() == 0);
  REQUIRE(must(context.poll()) == 0);
  REQUIRE(context.capacity() == 2);
  REQUIRE(context.in_flight() == 0);
}

TEST_CASE("a write brings its bytes and their number back") {
  const TemporaryFile file;
  aio::Context context = make_context(1);
  const auto done = completed(context, aio::write(borrowed(file)).from(Bytes(content)));
  REQUIRE(must(done.result) == content.size());
  REQUIRE(done.buffer == content);
  REQUIRE(file.content() == content);
}

TEST_CASE("what was read needs no stripping of zeros, and keeps those that the file has") {
  aio::Context context = make_context(1);
  for (const Bytes& there : {content, bytes(std::string_view("zeros\0\0", 7))}) {
    const TemporaryFile file(there);
    auto done = completed(context, aio::read(borrowed(file)).into(Bytes(64)));
    REQUIRE(must(done.result) == there.size());
    REQUIRE(copy_of(done.bytes()) == there);
    REQUIRE(done.buffer.size() == 64);
  }
}

TEST_CASE("offset, length and priority may be given again, and the last ones count") {
  const TemporaryFile file(content);
  aio::Context context = make_context(1);
  auto request = aio::read(borrowed(file))
                     .into(Bytes(64))
                     .at(5)
                     .slice(0, 1)
                     .priority(aio::IoPriority::real_time(1))
                     .priority(aio::IoPriority::idle());
  auto changed = std::move(request).at(1).slice(0, 4).priority(aio::IoPriority::best_effort(3));
  submit(context, std::move(changed), [](auto done) {
    REQUIRE(must(done.result) == 4);
    REQUIRE(copy_of(done.bytes()) == part_of(content, 1, 4));
  });
  REQUIRE(in_flight(context).at(0).priority == aio::IoPriority::best_effort(3));
  REQUIRE(must(context.wait()) == 1);
}

TEST_CASE("a request reads from whatever file lends its descriptor") {
  const TemporaryFile file(content);
  const aio::File opened = must(aio::File::open(file.path().c_str(), aio::Access::read_only));
  aio::Context context = make_context(1);
  auto lent = completed(context, aio::read(opened).into(Bytes(64)));
  auto by_number = completed(context, aio::read(aio::BorrowedFd(opened.number())).into(Bytes(64)));
  REQUIRE(copy_of(lent.bytes()) == content);
  REQUIRE(copy_of(by_number.bytes()) == content);
}

TEST_CASE("what has no descriptor is no file") {
  STATIC_REQUIRE(!std::invocable<decltype(aio::fsync), std::string>);
  STATIC_REQUIRE(!std::invocable<decltype(aio::poll), std::string, aio::PollEvents>);
  STATIC_REQUIRE(!std::convertible_to<int, aio::BorrowedFd>);
  STATIC_REQUIRE(std::convertible_to<const aio::File&, aio::BorrowedFd>);
  STATIC_REQUIRE(std::convertible_to<const aio::EventFd&, aio::BorrowedFd>);
}

TEST_CASE("a flag reaches the kernel") {
  const TemporaryFile file(content);
  aio::Context context = make_context(1);
  const auto done = completed(
      context, aio::write(borrowed(file)).from(Bytes(content)).flags(aio::WriteFlag::append));
  REQUIRE(must(done.result) == content.size());
  REQUIRE(file.content() == bytes("content\ncontent\n"));
}

TEST_CASE("RWF_HIPRI changes nothing, so there is no flag for it") {
  const TemporaryFile file(content);
  const RawContext context;
  Bytes memory(content.size());
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 0);
  raw::set_rw_flags(request, raw::rwf_hipri);
  REQUIRE(context.result_of(request) == static_cast<std::int64_t>(content.size()));
  REQUIRE(memory == content);
}

TEST_CASE("the kernel looks at no priority of an fsync or poll, so these have no setter") {
  const TemporaryFile file(content);
  const RawContext context;
  constexpr std::uint16_t no_such_class = 7U << 13U;
  raw::iocb request{};
  raw::prep_fsync(request, file.fd());
  raw::set_ioprio(request, no_such_class);
  REQUIRE(context.result_of(request) == 0);
  raw::prep_poll(request, file.fd(), raw::pollin);
  raw::set_ioprio(request, no_such_class);
  REQUIRE(context.result_of(request) == raw::pollin);
  std::byte byte{};
  raw::prep_pread(request, file.fd(), &byte, 1, 0);
  raw::set_ioprio(request, no_such_class);
  REQUIRE(context.submit({&request}) == -EINVAL);
}

TEST_CASE("what was written is read") {
  const TemporaryFile file;
  aio::Context context = make_context(1);
  auto written = completed(context, aio::write(borrowed(file)).from(Bytes(content)));
  REQUIRE(must(written.result) == content.size());
  auto read = completed(context, aio::read(borrowed(file)).into(Bytes(64)));
  REQUIRE(copy_of(read.bytes()) == content);
}

TEST_CASE("two writes that are submitted together have a completion each") {
  const TemporaryFile file;
  const Bytes second = bytes("another\ninput");
  aio::Context context = make_context(2);
  std::vector<Bytes> written;
  const auto collect = [&written](auto done) {
    REQUIRE(must(done.result) == done.buffer.size());
    written.push_back(std::move(done.buffer));
  };
  submit(context, aio::write(borrowed(file)).from(Bytes(content)), collect);
  submit(context, aio::write(borrowed(file)).from(Bytes(second)).at(content.size()), collect);
  REQUIRE(must(context.wait(2)) == 2);
  REQUIRE(written == std::vector{content, second});
  auto [read] = context.run(aio::read(borrowed(file)).into(Bytes(64)));
  REQUIRE(copy_of(read.bytes()) == bytes("content\nanother\ninput"));
}

TEST_CASE("a vectored read fills its buffers in turn, and parts() are what was read") {
  const TemporaryFile file(content);
  aio::Context context = make_context(1);
  std::vector<Bytes> buffers{Bytes(5), Bytes(64)};
  auto done = completed(context, aio::read(borrowed(file)).into(std::move(buffers)));
  REQUIRE(must(done.result) == content.size());
  REQUIRE(done.buffers.size() == 2);
  std::vector<Bytes> parts;
  for (const auto part : done.parts()) parts.push_back(copy_of(part));
  REQUIRE(parts == std::vector{bytes("conte"), bytes("nt\n")});
}

TEST_CASE("a vectored write writes its buffers in turn") {
  const TemporaryFile file;
  aio::Context context = make_context(1);
  std::array buffers{bytes("cont"), bytes("ent\n")};
  const auto done = completed(context, aio::write(borrowed(file)).from(std::move(buffers)));
  REQUIRE(must(done.result) == content.size());
  REQUIRE(done.buffers == std::array{bytes("cont"), bytes("ent\n")});
  REQUIRE(file.content() == content);
}

TEST_CASE("fsync and fdatasync have a result without a number") {
  const TemporaryFile file(content);
  aio::Context context = make_context(2);
  const auto whole = completed(context, aio::fsync(borrowed(file)));
  const auto data = completed(context, aio::fdatasync(borrowed(file)));
  STATIC_REQUIRE(std::same_as<aio::Result<void>, decltype(whole.result)>);
  must(whole.result);
  must(data.result);
}

TEST_CASE("a poll waits for the socket's answer") {
  const SocketPair socket;
  aio::Context context = make_context(2);
  std::optional<aio::PollEvents> events;
  submit(context, aio::poll(socket.near(), PollEvent::in),
         [&](const aio::PollCompletion& done) { events = must(done.result); });
  REQUIRE(must(context.poll()) == 0);
  socket.answer();
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(events == PollEvent::in);
}

TEST_CASE("the events that a poll is given are those that the kernel waits for") {
  const SocketPair socket;  // there is room to write, and nothing to read
  aio::Context context = make_context(2);
  submit(context, aio::poll(socket.near(), PollEvent::in), [](const auto&) {});
  REQUIRE(must(context.wait(1, 10ms)) == 0);

  aio::PollEvents more = PollEvent::in;
  more = more | PollEvent::out | PollEvent::priority;
  std::optional<aio::PollEvents> events;
  submit(context, aio::poll(socket.near(), more),
         [&](const aio::PollCompletion& done) { events = must(done.result); });
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(events == PollEvent::out);
}

TEST_CASE("a request in flight tells its properties") {
  const TemporaryFile file(content);
  const aio::EventFd event = must(aio::EventFd::create());
  aio::Context context = make_context(2);
  const auto accepted = context.submit(aio::write(borrowed(file))
                                           .from(Bytes(content))
                                           .at(4)
                                           .flags(aio::WriteFlag::dsync)
                                           .priority(aio::IoPriority::best_effort(3))
                                           .notify(event),
                                       [](const auto&) {});
  REQUIRE(accepted);
  const auto request = in_flight(context).at(0);
  REQUIRE(request.id == *accepted);
  REQUIRE(request.operation == Operation::write);
  REQUIRE(request.file == file.fd());
  REQUIRE(request.offset == 4);
  REQUIRE(request.length == content.size());
  REQUIRE(!request.vectored);
  REQUIRE(request.rw_flags == aio::FlagSet(aio::WriteFlag::dsync).bits());
  REQUIRE(request.priority == aio::IoPriority::best_effort(3));
  REQUIRE(request.event_fd == event.number());
  REQUIRE(request.events.empty());
  must(context.close());
}

TEST_CASE("a request in flight tells which properties it was not given") {
  const TemporaryFile file(content);
  const SocketPair socket;
  aio::Context context = make_context(2);
  const auto ignore = [](const auto&) {};
  submit(context, aio::read(borrowed(file)).into(std::vector{Bytes(2), Bytes(3)}), ignore);
  const auto read = in_flight(context).at(0);
  REQUIRE(read.operation == Operation::read);
  REQUIRE(read.vectored);
  REQUIRE(read.length == 2);
  REQUIRE(read.rw_flags == 0);
  REQUIRE(!read.priority);
  REQUIRE(read.event_fd == -1);
  REQUIRE(must(context.wait()) == 1);

  submit(context, aio::poll(socket.near(), PollEvent::in | PollEvent::priority), ignore);
  const auto poll = in_flight(context).at(0);
  REQUIRE(poll.operation == Operation::poll);
  REQUIRE(poll.events == (PollEvent::in | PollEvent::priority));
  REQUIRE(!poll.priority);
  must(context.close());
}

TEST_CASE("an eventfd counts the completions of every kind of request") {
  const TemporaryFile file(content);
  const aio::EventFd event = must(aio::EventFd::create());
  aio::Context context = make_context(7);
  const auto range = [] { return std::vector{bytes("cont"), bytes("ent\n")}; };
  const auto done = context.run(aio::read(borrowed(file)).into(Bytes(8)).notify(event),
                                aio::write(borrowed(file)).from(Bytes(content)).notify(event),
                                aio::read(borrowed(file)).into(range()).notify(event),
                                aio::write(borrowed(file)).from(range()).notify(event),
                                aio::fsync(borrowed(file)).notify(event),
                                aio::fdatasync(borrowed(file)).notify(event),
                                aio::poll(borrowed(file), PollEvent::in).notify(event));
  std::apply([](const auto&... each) { REQUIRE((each.result.has_value() && ...)); }, done);
  REQUIRE(must(event.drain()) == 7);
}

TEST_CASE("requests have names that differ") {
  const TemporaryFile file(content);
  aio::Context context = make_context(2);
  const auto ignore = [](const auto&) {};
  const auto first = context.submit(aio::fsync(borrowed(file)), ignore);
  const auto second = context.submit(aio::fsync(borrowed(file)), ignore);
  REQUIRE(first);
  REQUIRE(second);
  REQUIRE(*first != *second);
  must(context.close());
}

TEST_CASE("a failure is an error in the completion, never a negative number") {
  aio::Context context = make_context(1);
  auto [done] = context.run(aio::read(aio::BorrowedFd(-1)).into(Bytes(8)));
  STATIC_REQUIRE(std::same_as<aio::Result<std::size_t>, decltype(done.result)>);
  REQUIRE(code_of(done.result) == EBADF);
  REQUIRE(done.buffer == Bytes(8));
}

namespace {

// The four kinds of transfer, each of one buffer.
const auto read_one = [](aio::BorrowedFd file, Bytes buffer) {
  return aio::read(file).into(std::move(buffer));
};
const auto write_one = [](aio::BorrowedFd file, Bytes buffer) {
  return aio::write(file).from(std::move(buffer));
};
const auto read_range = [](aio::BorrowedFd file, Bytes buffer) {
  return aio::read(file).into(std::array{std::move(buffer)});
};
const auto write_range = [](aio::BorrowedFd file, Bytes buffer) {
  return aio::write(file).from(std::array{std::move(buffer)});
};

Bytes only(Bytes buffer) { return buffer; }
Bytes only(std::array<Bytes, 1> buffers) { return std::move(buffers[0]); }

template <class Completion>
Bytes buffer_of(Completion done) {
  REQUIRE(must(done.result) == content.size());
  if constexpr (requires { done.buffers; }) {
    return only(std::move(done.buffers));
  } else {
    return only(std::move(done.buffer));
  }
}

template <class Check>
void for_each_pair(const Check& check) {
  const auto with_each = [&check](const auto& first) {
    check(first, read_one);
    check(first, write_one);
    check(first, read_range);
    check(first, write_range);
  };
  with_each(read_one);
  with_each(write_one);
  with_each(read_range);
  with_each(write_range);
}

}  // namespace

TEST_CASE("the buffer of a transfer that is complete becomes that of any other") {
  for_each_pair([](const auto& first, const auto& second) {
    const TemporaryFile file(content);
    aio::Context context = make_context(1);
    Bytes buffer = content;
    const std::byte* const place = buffer.data();
    buffer = buffer_of(completed(context, first(borrowed(file), std::move(buffer))));
    buffer = buffer_of(completed(context, second(borrowed(file), std::move(buffer))));
    REQUIRE(buffer.data() == place);
    REQUIRE(buffer == content);
    REQUIRE(file.content() == content);
  });
}

TEST_CASE("the buffer of a transfer that was not submitted becomes that of any other") {
  for_each_pair([](const auto& first, const auto& second) {
    const TemporaryFile file(content);
    aio::Context context = make_context(1);
    Bytes buffer = content;
    const std::byte* const place = buffer.data();
    auto request = first(borrowed(file), std::move(buffer));
    auto converted = second(borrowed(file), only(std::move(request).release()));
    buffer = buffer_of(completed(context, std::move(converted)));
    REQUIRE(buffer.data() == place);
    REQUIRE(file.content() == content);
  });
}

TEST_CASE("syncs and polls follow transfers of the same file, and transfers follow them") {
  const TemporaryFile file(content);
  aio::Context context = make_context(1);
  auto read = completed(context, aio::read(borrowed(file)).into(Bytes(8)));
  must(completed(context, aio::fsync(borrowed(file))).result);
  must(completed(context, aio::fdatasync(borrowed(file))).result);
  must(completed(context, aio::fsync(borrowed(file))).result);
  const auto ready = completed(context, aio::poll(borrowed(file), PollEvent::in));
  REQUIRE(must(ready.result) == PollEvent::in);
  auto written = completed(context, aio::write(borrowed(file)).from(std::move(read.buffer)).at(8));
  REQUIRE(must(written.result) == content.size());
  must(completed(context, aio::fdatasync(borrowed(file))).result);
  auto again = completed(context, aio::read(borrowed(file)).into(std::move(written.buffer)).at(8));
  REQUIRE(copy_of(again.bytes()) == content);
}

TEST_CASE("a timeout of zero does not wait") {
  const Pipe pipe;
  aio::Context context = make_context(1);
  submit(context, Held(pipe), [](const auto&) {});
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(must(context.wait(1, 0ns)) == 0);
  REQUIRE(must(context.wait(1, 1ns)) == 0);
  REQUIRE(std::chrono::steady_clock::now() - start < 10s);
  REQUIRE(context.in_flight() == 1);
  pipe.feed();
  REQUIRE(must(context.wait()) == 1);
}

TEST_CASE("a request that the program keeps no trace of completes all the same") {
  const Pipe pipe;
  aio::Context context = make_context(1);
  Bytes back;
  {
    auto request = Held(pipe, Bytes(content));
    submit(context, std::move(request), [&back](auto done) { back = std::move(done.cargo); });
  }
  REQUIRE(must(context.wait(1, 1ms)) == 0);
  pipe.feed();
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(back == content);
}

TEST_CASE("what cannot be changed cannot be read into") {
  STATIC_REQUIRE(aio::Buffer<std::span<const std::byte>>);
  STATIC_REQUIRE(!aio::MutableBuffer<std::span<const std::byte>>);
  STATIC_REQUIRE(aio::Buffer<aio::SharedBytes>);
  STATIC_REQUIRE(!aio::MutableBuffer<aio::SharedBytes>);
  STATIC_REQUIRE(!aio::MutableBufferRange<std::array<std::span<const std::byte>, 2>>);
  STATIC_REQUIRE(!aio::Buffer<std::string>);
}

TEST_CASE("a poll that is cancelled is no error of cancel, and completes with ECANCELED") {
  const Pipe pipe;
  aio::Context context = make_context(1);
  int code = 0;
  const auto poll =
      context.submit(aio::poll(aio::BorrowedFd(pipe.read_end()), PollEvent::in),
                     [&](const aio::PollCompletion& done) { code = code_of(done.result); });
  REQUIRE(poll);
  REQUIRE(context.flush() == 0);
  REQUIRE(must(context.cancel(*poll)) == aio::Cancel::requested);
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(code == ECANCELED);
  REQUIRE(must(context.cancel(*poll)) == aio::Cancel::not_in_flight);
}
