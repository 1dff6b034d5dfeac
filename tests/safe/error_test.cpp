#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/error.hpp>
#include <linux_aio/raw/prep.hpp>
#include <string>
#include <type_traits>

namespace {

namespace aio = linux_aio;
namespace raw = linux_aio::raw;
using aio::Call;
using aio::Error;

constexpr std::array calls{Call::allocate,   Call::acquire,   Call::open,     Call::close,
                           Call::statx,      Call::eventfd,   Call::io_setup, Call::io_getevents,
                           Call::io_destroy, Call::submit,    Call::wait,     Call::close_context,
                           Call::io_submit,  Call::completion};

raw::iocb read_of(std::size_t bytes, std::int64_t offset, std::uint64_t address) {
  raw::iocb request{};
  raw::prep_pread(request, 3, nullptr, bytes, offset);
  request.aio_buf = address;
  return request;
}

void require_words(const Error& error, std::initializer_list<const char*> words) {
  const std::string message = error.message();
  for (const char* each : words) {
    INFO(message);
    REQUIRE(message.find(each) != std::string::npos);
  }
}

}  // namespace

static_assert(std::is_trivially_copyable_v<Error>);
static_assert(sizeof(Error) <= 32);
static_assert(Error(Call::open, ENOENT).code() == ENOENT);
static_assert(Error(Call::open, ENOENT).call() == Call::open);

TEST_CASE("errors are equal if call and errno are, whatever numbers they carry") {
  REQUIRE(Error(Call::open, ENOENT) == Error(Call::open, ENOENT));
  REQUIRE(Error(Call::open, ENOENT) != Error(Call::open, EACCES));
  REQUIRE(Error(Call::open, ENOENT) != Error(Call::statx, ENOENT));
  REQUIRE(Error(Call::submit, EAGAIN, 1) == Error(Call::submit, EAGAIN, 2));
  REQUIRE(Error(Call::completion, EINVAL, read_of(1, 2, 3)) == Error(Call::completion, EINVAL));
}

TEST_CASE("every message is one line that names the errno and says something of it") {
  for (const Call call : calls) {
    for (int code = 1; code < 140; ++code) {
      const std::string message = Error(call, code, read_of(512, 4096, 0x1234)).message();
      INFO(message);
      REQUIRE(message.find('\n') == std::string::npos);
      REQUIRE(message.find("  ") == std::string::npos);
      REQUIRE(message.find("unknown call") == std::string::npos);
      REQUIRE(message.back() != ' ');
      REQUIRE(message.back() != ':');
      REQUIRE(message.size() > 8);
      REQUIRE(message.size() < 400);
    }
    require_words(Error(call, EINVAL), {"EINVAL (Invalid argument)"});
  }
}

TEST_CASE("an errno without a name is given by its number") {
  require_words(Error(Call::open, 4095), {"open: errno 4095"});
}

TEST_CASE("a message begins with the call that failed") {
  const auto begins = [](Call call, const char* word) {
    REQUIRE(Error(call, EIO).message().find(word) == 0);
  };
  begins(Call::allocate, "allocate: EIO");
  begins(Call::acquire, "BufferPool::acquire: EIO");
  begins(Call::open, "open: EIO");
  begins(Call::close, "close: EIO");
  begins(Call::statx, "statx: EIO");
  begins(Call::eventfd, "eventfd: EIO");
  begins(Call::io_setup, "io_setup: EIO");
  begins(Call::io_getevents, "io_getevents: EIO");
  begins(Call::io_destroy, "io_destroy: EIO");
  begins(Call::submit, "submit: EIO");
  begins(Call::wait, "wait: EIO");
  begins(Call::close_context, "Context::close: EIO");
}

TEST_CASE("a request's message begins with the request, and where it was") {
  const Error refused(Call::io_submit, EBADF, read_of(512, 4096, 0x7fff'1234'5678));
  REQUIRE(refused.message().find("read of 512 bytes at offset 4096 was refused by "
                                 "io_submit: EBADF") == 0);
  raw::iocb request{};
  raw::prep_pwrite(request, 3, nullptr, 1, 0);
  REQUIRE(Error(Call::completion, EIO, request)
              .message()
              .find("write of 1 bytes at offset 0 failed: EIO") == 0);
  raw::prep_fsync(request, 3);
  REQUIRE(Error(Call::completion, EIO, request).message().find("fsync failed: EIO") == 0);
  raw::prep_fdsync(request, 3);
  REQUIRE(Error(Call::io_submit, EBADF, request).message().find("fdatasync was refused by") == 0);
  raw::prep_poll(request, 3, 1);
  REQUIRE(Error(Call::completion, EIO, request).message().find("poll failed") == 0);
}

TEST_CASE("a message tells the cause and the remedy") {
  const raw::iocb request = read_of(512, 4096, 0x1234);
  require_words(Error(Call::allocate, EINVAL), {"size and count must not be 0", "power of two"});
  require_words(Error(Call::allocate, EINVAL, 1000, 512),
                {"1000 bytes", "multiple of 512", "O_DIRECT", "DirectIo::round_up"});
  require_words(Error(Call::acquire, ENOBUFS, 64), {"all 64 buffers", "complete requests"});
  require_words(Error(Call::io_setup, EAGAIN, 70'000), {"fs.aio-max-nr", "70000", "sysctl -w"});
  require_words(Error(Call::io_setup, EINVAL, 0), {"must be 1 to 4194304, not 0"});
  require_words(Error(Call::io_setup, ENOSYS, 1), {"CONFIG_AIO"});
  require_words(Error(Call::io_setup, EPERM, 1), {"seccomp", "allow"});
  require_words(Error(Call::submit, EAGAIN, 128), {"all 128 slots", "wait()", "capacity"});
  require_words(Error(Call::submit, ESHUTDOWN), {"closed"});
  require_words(Error(Call::wait, EDEADLK), {"nothing is in flight"});
  require_words(Error(Call::close_context, ETIMEDOUT, 3), {"3 requests", "stays open"});
  require_words(Error(Call::io_getevents, EINVAL), {"another process", "fork"});
  require_words(Error(Call::io_destroy, EINVAL), {"another process", "fork"});
  require_words(Error(Call::io_getevents, EPERM), {"seccomp", "allow"});
  require_words(Error(Call::statx, EOPNOTSUPP), {"direct I/O"});
  require_words(Error(Call::io_submit, EBADF, request), {"closed", "O_PATH", "for this read"});
  require_words(Error(Call::io_submit, EINVAL, request),
                {"directory", "negative", "another process"});
  require_words(Error(Call::io_submit, EFAULT, request), {"memory"});
  require_words(Error(Call::io_submit, EOPNOTSUPP, request), {"flags"});
  require_words(Error(Call::io_submit, EPERM, request), {"capability", "seccomp"});
  require_words(Error(Call::io_submit, EAGAIN, request), {"memory"});
  require_words(Error(Call::completion, EINVAL, request),
                {"only multiples of 4", "O_DIRECT", "File::direct_io()"});
  require_words(Error(Call::completion, EINVAL, read_of(8192, 4096, 0x1000)), {"does not allow"});
  require_words(Error(Call::completion, EINTR, request), {"signal", "again"});
  require_words(Error(Call::completion, EFAULT, request), {"not mapped"});
  require_words(Error(Call::completion, EAGAIN, request), {"no_wait"});
  require_words(Error(Call::completion, EOPNOTSUPP, request), {"flags"});
  require_words(Error(Call::completion, ESPIPE, request), {".at()"});
  require_words(Error(Call::completion, ENOSPC, request), {"full"});
}

TEST_CASE("the remedy for a full fs.aio-max-nr is a limit that is enough") {
  const std::string message = Error(Call::io_setup, EAGAIN, 4'000'000).message();
  const std::string words = "sysctl -w fs.aio-max-nr=";
  const std::size_t place = message.find(words);
  REQUIRE(place != std::string::npos);
  REQUIRE(std::stoull(message.substr(place + words.size())) >= 4'000'000);
}

TEST_CASE("offset and length appear in full, however large") {
  require_words(Error(Call::completion, EINVAL, read_of(~std::size_t{0}, -1, 0)),
                {"18446744073709551615 bytes at offset 18446744073709551615"});
}
