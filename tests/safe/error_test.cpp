#include <sys/uio.h>

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

constexpr std::array calls{
    Call::allocate,       Call::acquire,   Call::open,         Call::close,         Call::statx,
    Call::eventfd,        Call::io_setup,  Call::io_getevents, Call::io_pgetevents, Call::io_cancel,
    Call::io_destroy,     Call::submit,    Call::wait,         Call::close_context, Call::commit,
    Call::whole_transfer, Call::io_submit, Call::completion};

// A number that no open descriptor of this program has: what remains are possible causes.
constexpr int closed = 1'000'000;

raw::iocb read_of(std::size_t bytes, std::int64_t offset, std::uint64_t address) {
  raw::iocb request{};
  raw::prep_pread(request, closed, nullptr, bytes, offset);
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
  begins(Call::io_pgetevents, "io_pgetevents: EIO");
  begins(Call::io_cancel, "io_cancel: EIO");
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
              .find("write of 1 byte at offset 0 failed: EIO") == 0);
  raw::prep_fsync(request, 3);
  REQUIRE(Error(Call::completion, EIO, request).message().find("fsync failed: EIO") == 0);
  raw::prep_fdsync(request, 3);
  REQUIRE(Error(Call::io_submit, EBADF, request).message().find("fdatasync was refused by") == 0);
  raw::prep_poll(request, 3, 1);
  REQUIRE(Error(Call::completion, EIO, request).message().find("poll failed: EIO") == 0);
  request.aio_lio_opcode = 9;
  REQUIRE(Error(Call::completion, EIO, request).message().find("request with opcode 9 failed") ==
          0);
  const ::iovec segment{};
  raw::prep_pwritev(request, 3, &segment, 2, 8);
  REQUIRE(Error(Call::completion, EIO, request)
              .message()
              .find("write from 2 buffers at offset 8 failed: EIO") == 0);
}

TEST_CASE("a message tells the cause and the remedy") {
  require_words(Error(Call::allocate, EINVAL), {"size and count must not be 0", "power of two"});
  require_words(Error(Call::allocate, EINVAL, 1000, 512),
                {"1000 bytes", "multiple of 512", "O_DIRECT", "DirectIo::round_up"});
  require_words(Error(Call::acquire, ENOBUFS, 64), {"all 64 buffers", "complete requests"});
  require_words(Error(Call::open, EINVAL, 1), {"O_DIRECT"});
  require_words(Error(Call::open, EMFILE), {"ulimit -n"});
  require_words(Error(Call::whole_transfer, ENODATA), {"file ended before the buffer was full"});
  require_words(Error(Call::whole_transfer, EIO), {"took no more bytes"});
  require_words(Error(Call::io_setup, EAGAIN, 70'000), {"fs.aio-max-nr", "70000", "sysctl -w"});
  require_words(Error(Call::io_setup, EINVAL, 0), {"must be 1 to 4194304, not 0"});
  require_words(Error(Call::io_setup, ENOSYS, 1), {"CONFIG_AIO"});
  require_words(Error(Call::io_setup, EPERM, 1), {"seccomp", "allow"});
  require_words(Error(Call::io_setup, ENOMEM, 1), {"ring", "smaller capacity"});
  require_words(Error(Call::submit, EAGAIN, 128), {"all 128 slots", "wait()", "capacity"});
  require_words(Error(Call::submit, ESHUTDOWN), {"closed"});
  require_words(Error(Call::wait, EDEADLK), {"nothing is in flight"});
  require_words(Error(Call::close_context, ETIMEDOUT, 3), {"3 requests are", "stays open"});
  require_words(Error(Call::close_context, ETIMEDOUT, 1), {"1 request is", "stays open"});
  for (const Call call : {Call::submit, Call::wait, Call::io_cancel, Call::io_pgetevents}) {
    require_words(Error(call, EINVAL), {"another process", "fork"});
  }
  require_words(Error(Call::io_getevents, EINVAL), {"another process", "fork"});
  require_words(Error(Call::io_destroy, EINVAL), {"another process", "fork"});
  require_words(Error(Call::io_getevents, EPERM), {"seccomp", "allow"});
  require_words(Error(Call::statx, EOPNOTSUPP), {"no direct I/O", "without O_DIRECT"});
}

TEST_CASE("a cause that the request does not tell is one of those that are possible") {
  const raw::iocb request = read_of(512, 4096, 0x1234);
  require_words(Error(Call::io_submit, EBADF, request),
                {"descriptor 1000000 is closed, or was not open for this read", "flush()"});
  require_words(Error(Call::io_submit, EINVAL, request), {"no asynchronous read", "/proc"});
  require_words(Error(Call::io_submit, EPERM, request), {"seccomp"});
  require_words(Error(Call::io_submit, ENOSYS, request), {"seccomp"});
  require_words(Error(Call::io_submit, EAGAIN, request), {"memory", "again"});
  require_words(Error(Call::io_submit, EIO, request), {"no reason"});
  require_words(Error(Call::completion, EINVAL, request),
                {"only multiples of 4", "if the file was opened with O_DIRECT", "direct_io()"});
  require_words(Error(Call::completion, EINVAL, read_of(8192, 4096, 0x1000)),
                {"does not accept such a read"});
  require_words(Error(Call::completion, EINTR, request), {"signal", "again"});
  require_words(Error(Call::completion, EOPNOTSUPP, request), {"does not support this read"});
  require_words(Error(Call::completion, ECANCELED, request), {"cancelled"});
  require_words(Error(Call::completion, ENOSPC, request), {"full"});
  require_words(Error(Call::completion, EDQUOT, request), {"quota"});
  require_words(Error(Call::completion, EFBIG, request), {"largest size"});
  require_words(Error(Call::completion, EIO, request), {"kernel's log"});
}

TEST_CASE("an error of no request in particular says nothing of one") {
  REQUIRE(Error(Call::completion, EIO).message().find("request failed: EIO") == 0);
  REQUIRE(Error(Call::io_submit, EPERM).message().find("request was refused by io_submit: EPERM") ==
          0);
  for (const int code : {EBADF, EINVAL, EAGAIN, ESPIPE}) {
    for (const Call call : {Call::io_submit, Call::completion}) {
      REQUIRE(Error(call, code).message().find("descriptor -1") == std::string::npos);
      REQUIRE(Error(call, code).message().find("offset") == std::string::npos);
    }
  }
}

TEST_CASE("an fsync that failed with EIO says that a second one proves nothing") {
  raw::iocb request{};
  raw::prep_fsync(request, closed);
  require_words(Error(Call::completion, EIO, request), {"may be lost", "a second fsync"});
}

TEST_CASE("a sync that was not sent says what kept it") {
  raw::iocb request{};
  raw::prep_fdsync(request, closed);
  request.aio_nbytes = EIO;
  const std::string message = Error(Call::commit, ECANCELED, request).message();
  REQUIRE(message.find("fdatasync was not sent: ECANCELED") == 0);
  REQUIRE(message.find("a write before it was short, or failed with EIO") != std::string::npos);
}

TEST_CASE("only the flags that are set are blamed") {
  const auto message_of = [](raw::kernel_rwf_t flags) {
    raw::iocb request = read_of(1, 0, 0);
    raw::set_rw_flags(request, flags);
    return Error(Call::io_submit, EOPNOTSUPP, request).message();
  };
  const std::string both = message_of(raw::rwf_nowait | raw::rwf_dontcache);
  REQUIRE(both.find("dont_cache") != std::string::npos);
  if (both.find("needs Linux 6.14, and this kernel is") == std::string::npos) {
    REQUIRE(both.find("no_wait") != std::string::npos);
  }
  REQUIRE(both.find("atomic") == std::string::npos);
  REQUIRE(message_of(raw::rwf_dsync | raw::rwf_append).find("dsync or append") !=
          std::string::npos);
}

TEST_CASE("the remedy for a full fs.aio-max-nr is a limit that is enough") {
  const std::string message = Error(Call::io_setup, EAGAIN, 4'000'000).message();
  const std::string words = "sysctl -w fs.aio-max-nr=";
  const std::size_t place = message.find(words);
  REQUIRE(place != std::string::npos);
  REQUIRE(std::stoull(message.substr(place + words.size())) >= 4'000'000);
}

TEST_CASE("offset and length appear in full, however large") {
  constexpr std::size_t most = ~std::size_t{0};
  const std::string words = std::to_string(most) + " bytes at offset 18446744073709551615";
  require_words(Error(Call::completion, EINVAL, read_of(most, -1, 0)), {words.c_str()});
}
