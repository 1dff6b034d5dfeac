#include <catch2/catch_all.hpp>
#include <concepts>
#include <linux_aio/poll_events.hpp>
#include <linux_aio/rw_flags.hpp>
#include <type_traits>

#include "tests/support/raw_context.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

using namespace linux_aio::testing;
using linux_aio::PollEvent;
using linux_aio::PollEvents;
using linux_aio::ReadFlag;
using linux_aio::WriteFlag;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;

template <class Left, class Right>
concept Combinable = requires(Left left, Right right) { left | right; };

// A poll that has been submitted.
class Poll {
 public:
  Poll(int fd, PollEvents asked) : asked_(asked) {
    raw::iocb request{};
    raw::prep_poll(request, fd, static_cast<std::uint16_t>(asked.bits()));
    REQUIRE(context_.submit({&request}) == 1);
  }

  [[nodiscard]] PollEvents answer() const {
    const std::int64_t result = context_.next_event().res;
    REQUIRE(result >= 0);
    return aio::detail::answer_to(asked_, static_cast<std::uint32_t>(result));
  }

 private:
  RawContext context_;
  PollEvents asked_;
};

}  // namespace

static_assert(PollEvents().empty());
static_assert(PollEvents() == PollEvents::from_bits(0));
static_assert(PollEvent::in == PollEvents(PollEvent::in));
static_assert(!PollEvents(PollEvent::in).empty());
static_assert((PollEvent::in | PollEvent::out) == (PollEvent::out | PollEvent::in));
static_assert((PollEvent::in | PollEvent::out) != PollEvent::in);
static_assert((PollEvent::in | PollEvent::out).has(PollEvent::out));
static_assert(!(PollEvent::in | PollEvent::out).has(PollEvent::error));
static_assert(((PollEvent::in | PollEvent::out) & PollEvent::in) == PollEvent::in);
static_assert((PollEvents(PollEvent::in) & PollEvent::out).empty());
static_assert((PollEvent::in | PollEvent::out | PollEvent::priority).bits() ==
              (raw::pollin | raw::pollout | raw::pollpri));
static_assert(PollEvents::from_bits(raw::pollhup | 1U << 31U).has(PollEvent::hang_up));
static_assert((WriteFlag::dsync | WriteFlag::append).bits() == (raw::rwf_dsync | raw::rwf_append));

static_assert(std::same_as<decltype(PollEvent::in | PollEvent::out), PollEvents>);
static_assert(!Combinable<PollEvent, ReadFlag>);
static_assert(!Combinable<ReadFlag, WriteFlag>);
static_assert(!Combinable<aio::FlagSet<ReadFlag>, WriteFlag>);
static_assert(!std::is_convertible_v<int, PollEvents>);
static_assert(!std::is_convertible_v<PollEvents, int>);

TEST_CASE("a poll answers with what was asked and is there at once") {
  const Pipe pipe;
  REQUIRE(Poll(pipe.write_end(), PollEvent::in | PollEvent::out).answer() == PollEvent::out);
  pipe.feed();
  REQUIRE(Poll(pipe.read_end(), PollEvent::in | PollEvent::priority).answer() == PollEvent::in);
}

TEST_CASE("a poll that is woken later answers with no more") {
  const Pipe pipe;
  const Poll waiting(pipe.read_end(), PollEvent::in);
  pipe.feed();
  REQUIRE(waiting.answer() == PollEvent::in);
}

TEST_CASE("an error is answered, whether asked for or not") {
  Pipe pipe;
  pipe.close_read_end();
  REQUIRE(Poll(pipe.write_end(), PollEvent::priority).answer() == PollEvent::error);
  REQUIRE(Poll(pipe.write_end(), PollEvent::error).answer() == PollEvent::error);
}
