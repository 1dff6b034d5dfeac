// The requests of a mixture, each with the check of its completion.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "tests/mixture/mixture.hpp"

namespace linux_aio::testing {
namespace {

template <class Completion>
int error_of(const Completion& done) {
  return done.result ? 0 : done.result.error().code();
}

}  // namespace

Mixture::Entry Mixture::accept(Kind kind) {
  requests_.push_back({.kind = kind});
  if (kind == Kind::transfer) ++sure_;
  return static_cast<Entry>(requests_.size() - 1);
}

// It was refused to our face, so its continuation must not run.
void Mixture::forget(Entry entry) {
  check(requests_[entry].completions == 0, "a request that was not accepted completed");
  requests_[entry].completions = 1;
  if (requests_[entry].kind == Kind::transfer) --sure_;
}

// Whether it was cancelled.
bool Mixture::finish(Entry entry) {
  Request& request = requests_[entry];
  check(++request.completions == 1, "a request completed twice");
  if (request.kind == Kind::transfer) --sure_;
  return request.cancelled;
}

template <class R, class Check>
void Mixture::offer(Kind kind, R request, Check check_completion, int depth) {
  const Entry entry = accept(kind);
  auto accepted = context_.submit(
      std::move(request), [this, entry, check_completion, depth](auto&& done) mutable {
        const bool cancelled = finish(entry);
        check(check_completion(*this, done, cancelled), "a completion is not that of its request");
        react(depth);
      });
  if (accepted) {
    recent_.emplace_back(*accepted, entry);
    return;
  }
  const bool full = context_.in_flight() == context_.capacity() || running_ != 0;
  check(full && accepted.error().error.code() == EAGAIN, "a request was refused without need");
  forget(entry);
}

Bytes Mixture::expected_read(std::size_t offset, std::size_t length) const {
  if (offset >= file_size) return {};
  return part_of(content_, offset, std::min(length, file_size - offset));
}

void Mixture::submit_one(int depth) {
  switch (random_.below(8)) {
    case 0:
      return submit_poll(depth);
    case 1:
      return submit_refused(depth);
    case 2:
      return submit_write(depth);
    case 3:
    case 4:
      return submit_vectored_read(depth);
    case 5:
      return submit_read(make_buffer(1 + random_.below(2000)), depth);
    default:
      return submit_read(Bytes(random_.below(3000)), depth);
  }
}

template <class B>
void Mixture::submit_read(B buffer, int depth) {
  const std::span<std::byte> bytes = buffer_traits<B>::bytes(buffer);
  const std::byte* const place = bytes.data();
  const std::size_t position = random_.below(bytes.size() + 1);
  const std::size_t length = random_.below(bytes.size() - position + 1);
  const auto offset = static_cast<std::uint32_t>(random_.below(file_size + 500));
  const bool bad = random_.one_in(6);
  offer(
      Kind::transfer,
      read(read_only_)
          .into(std::move(buffer))
          .slice(position, length)
          .at(bad ? ~std::uint64_t{0} : offset),
      [place, offset, bad, length = static_cast<std::uint32_t>(length)](
          const Mixture& mixture, ReadCompletion<B>& done, bool cancelled) {
        if (buffer_traits<B>::bytes(done.buffer).data() != place) return false;
        if (cancelled || bad) return error_of(done) == (cancelled ? ECANCELED : EINVAL);
        return done.result && copy_of(done.bytes()) == mixture.expected_read(offset, length);
      },
      depth);
}

void Mixture::submit_vectored_read(int depth) {
  const bool too_many = random_.one_in(50);
  std::vector<Bytes> buffers(too_many ? 1025 : random_.below(9));
  std::size_t length = 0;
  for (Bytes& buffer : buffers) {
    buffer.resize(too_many ? 1 : random_.below(200));
    length += buffer.size();
  }
  const auto* const place = buffers.data();
  const auto offset = static_cast<std::uint32_t>(random_.below(file_size + 500));
  offer(
      Kind::transfer, read(read_only_).into(std::move(buffers)).at(offset),
      [place, offset, too_many, length = static_cast<std::uint32_t>(length)](
          const Mixture& mixture, VectoredCompletion<std::vector<Bytes>>& done, bool cancelled) {
        if (done.buffers.data() != place) return false;
        if (cancelled || too_many) return error_of(done) == (cancelled ? ECANCELED : EINVAL);
        Bytes all;
        for (const auto part : done.parts()) all.insert(all.end(), part.begin(), part.end());
        return done.result && all == mixture.expected_read(offset, length);
      },
      depth);
}

// A place in the target that is written once.
Bytes Mixture::reserve(std::size_t size, std::size_t& offset) {
  offset = expected_.size();
  expected_.resize(offset + size);
  return pattern(size, static_cast<unsigned>(offset));
}

void Mixture::written(std::size_t offset, std::size_t size) {
  std::ranges::copy(pattern(size, static_cast<unsigned>(offset)),
                    expected_.begin() + static_cast<std::ptrdiff_t>(offset));
}

void Mixture::submit_write(int depth) {
  std::size_t offset = 0;
  Bytes bytes = reserve(random_.below(100), offset);
  const auto check_write = [offset, size = bytes.size()](Mixture& mixture, auto& done,
                                                         bool cancelled) {
    if (cancelled) return error_of(done) == ECANCELED;
    mixture.written(offset, size);
    return done.result == size;
  };
  if (random_.one_in(2)) {
    return offer(Kind::transfer, write(borrowed(target_)).from(std::move(bytes)).at(offset),
                 check_write, depth);
  }
  const auto middle = bytes.begin() + static_cast<std::ptrdiff_t>(random_.below(bytes.size() + 1));
  std::vector<Bytes> halves{Bytes(bytes.begin(), middle), Bytes(middle, bytes.end())};
  offer(Kind::transfer, write(borrowed(target_)).from(std::move(halves)).at(offset), check_write,
        depth);
}

void Mixture::submit_refused(int depth) {
  const auto refused = [](const Mixture&, const auto& done, bool cancelled) {
    return error_of(done) == (cancelled ? ECANCELED : EBADF);
  };
  switch (random_.below(4)) {
    case 0:
      return offer(Kind::transfer, write(read_only_).from(Bytes(10)), refused, depth);
    case 1:
      return offer(Kind::transfer, fsync(BorrowedFd(-1)), refused, depth);
    case 2:
      return offer(
          Kind::transfer, linux_aio::poll(BorrowedFd(-1), PollEvent::in),
          [](const Mixture& mixture, const auto& done, bool cancelled) {
            return error_of(done) == EBADF ||
                   ((cancelled || mixture.closing_) && error_of(done) == ECANCELED);
          },
          depth);
    default:
      return offer(
          Kind::transfer, fdatasync(read_only_),
          [](const Mixture&, const auto& done, bool cancelled) {
            return error_of(done) == (cancelled ? ECANCELED : 0);
          },
          depth);
  }
}

void Mixture::submit_poll(int depth) {
  if (!may_add_endless()) return;
  const Pipe& pipe = pipes_[random_.below(pipes_.size())];
  ++endless_;
  const Entry entry = accept(Kind::poll);
  auto accepted = context_.submit(linux_aio::poll(BorrowedFd(pipe.read_end()), PollEvent::in),
                                  [this, entry, depth](const PollCompletion& done) {
                                    --endless_;
                                    const bool cancelled = finish(entry) || closing_;
                                    check(done.result ? *done.result == PollEvent::in
                                                      : cancelled && error_of(done) == ECANCELED,
                                          "a poll answered what it was not asked");
                                    react(depth);
                                  });
  if (accepted) {
    recent_.emplace_back(*accepted, entry);
    return;
  }
  --endless_;
  forget(entry);
}

void Mixture::cancel_one() {
  if (recent_.size() > 200) recent_.erase(recent_.begin(), recent_.begin() + 100);
  if (recent_.empty()) return;
  const auto [id, entry] = recent_[random_.below(recent_.size())];
  const Result<Cancel> answer = context_.cancel(id);
  Request& request = requests_[entry];
  check(answer && (*answer == Cancel::not_in_flight) == (request.completions == 1),
        "cancel does not know what is in flight");
  if (answer == Cancel::requested) request.cancelled = true;
}

void Mixture::feed_or_drain() {
  const Pipe& pipe = pipes_[random_.below(pipes_.size())];
  std::byte byte{};
  // So that a pipe is never full, and none is read that is empty.
  ++running_;
  auto [ready] = context_.run(read(BorrowedFd(pipe.read_end())).into(std::span(&byte, 1)));
  --running_;
  if (!ready.result) pipe.feed();
}

void Mixture::run_some() {
  std::array<std::byte, 100> memory{};
  const std::size_t offset = random_.below(file_size - 200);
  ++running_;
  auto [good, bad, next] =
      context_.run(read(read_only_).into(std::span(memory).first(50)).at(offset),
                   read(BorrowedFd(-1)).into(Bytes(10)),
                   read(read_only_).into(std::span(memory).last(50)).at(offset + 50));
  --running_;
  check(good.result == 50U && next.result == 50U && error_of(bad) == EBADF &&
            copy_of(memory) == expected_read(offset, 100),
        "run returned what it was not asked for");
}

void Mixture::run_each_of_some() {
  std::array<std::byte, 60> memory{};
  const std::size_t count = random_.below(memory.size());
  const std::size_t offset = random_.below(file_size - memory.size());
  std::vector<Read<std::span<std::byte>>> requests;
  for (std::size_t index = 0; index < count; ++index) {
    requests.push_back(
        read(read_only_).into(std::span(memory).subspan(index, 1)).at(offset + index));
  }
  std::size_t right = 0;
  ++running_;
  context_.run_each(requests, [&](std::size_t index, auto done) {
    if (done.result == 1U && done.buffer.data() == &memory[index]) ++right;
  });
  --running_;
  check(right == count && part_of(memory, 0, count) == expected_read(offset, count),
        "run_each returned what it was not asked for");
}

}  // namespace linux_aio::testing
