// The real kernel refuses or fails every kind of request, and the message says why and what to do.
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <functional>
#include <limits>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/nowait.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;
using aio::Call;
using aio::Error;

// What the types of the safe layer do not let through: a request as it is.
class AsIs {
 public:
  using Completion = aio::Result<std::size_t>;
  static constexpr bool owns_memory = false;

  explicit AsIs(const raw::iocb& request) noexcept : request_(request) {}

  void lower(raw::iocb& request) noexcept {
    request_.aio_data = request.aio_data;
    request = request_;
  }

  struct InFlight {
    template <class Visit>
    void visit_exclusive_memory(Visit&& /*visit*/) noexcept {}
    [[nodiscard]] Completion complete(const Completion& outcome) && noexcept { return outcome; }
  };
  [[nodiscard]] InFlight& in_flight() noexcept { return in_flight_; }

 private:
  raw::iocb request_;
  InFlight in_flight_;
};

// One of everything that a request can be about.
class Scene {
 public:
  Scene() {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets_.data()) == 0);
    REQUIRE(no_access_ != MAP_FAILED);
    fifo_path_ = file_.path() + ".fifo";
    REQUIRE(::mkfifo(fifo_path_.c_str(), 0600) == 0);
    broken_.close_read_end();
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  ~Scene() {
    for (const int end : sockets_) ::close(end);
    ::munmap(no_access_, page);
    ::unlink(fifo_path_.c_str());
  }

  static constexpr std::size_t page = 4096;

  [[nodiscard]] int file() const { return file_.fd(); }
  [[nodiscard]] int socket() const { return sockets_[0]; }
  [[nodiscard]] int empty_pipe() const { return pipe_.read_end(); }
  [[nodiscard]] int empty_pipe_that_does_not_block() const { return non_blocking_.read_end(); }
  [[nodiscard]] int pipe_without_reader() const { return broken_.write_end(); }
  [[nodiscard]] int event() const { return event_.number(); }
  [[nodiscard]] int folder() const { return folder_.number(); }

  [[nodiscard]] int again(int flags) { return keep(::open(file_.path().c_str(), flags)); }
  [[nodiscard]] int fifo(int flags) { return keep(::open(fifo_path_.c_str(), flags)); }
  [[nodiscard]] int maps() { return keep(::open("/proc/self/maps", O_RDONLY)); }
  [[nodiscard]] bool has_direct_io() {
    const int fd = ::open(file_.path().c_str(), O_RDWR | O_DIRECT);
    if (fd < 0) return false;
    keep(fd);
    const auto needed = aio::File(::dup(fd)).direct_io();
    return needed && needed->reported;
  }

  [[nodiscard]] raw::iocb read(int fd, std::size_t bytes = 100, std::int64_t offset = 0) {
    raw::iocb request{};
    raw::prep_pread(request, fd, memory_.bytes().data(), bytes, offset);
    return request;
  }
  [[nodiscard]] raw::iocb write(int fd, std::size_t bytes = 100, std::int64_t offset = 0) {
    raw::iocb request{};
    raw::prep_pwrite(request, fd, memory_.bytes().data(), bytes, offset);
    return request;
  }
  [[nodiscard]] raw::iocb read_into_nowhere() {
    raw::iocb request{};
    raw::prep_pread(request, file(), no_access_, 100, 0);
    return request;
  }
  [[nodiscard]] raw::iocb write_from_nowhere() {
    raw::iocb request{};
    raw::prep_pwrite(request, file(), no_access_, 100, 0);
    return request;
  }
  [[nodiscard]] raw::iocb read_into(int fd, std::size_t buffers, std::int64_t offset = 0) {
    for (::iovec& segment : segments_) segment = {memory_.bytes().data(), 1};
    raw::iocb request{};
    raw::prep_preadv(request, fd, segments_.data(), buffers, offset);
    return request;
  }

 private:
  int keep(int fd) {
    REQUIRE(fd >= 0);
    return opened_.emplace_back(fd).number();
  }

  TemporaryFile file_{pattern(2 * page)};
  Pipe pipe_;
  Pipe non_blocking_{O_NONBLOCK};
  Pipe broken_;
  std::array<int, 2> sockets_{};
  aio::File event_{::eventfd(0, EFD_CLOEXEC)};
  aio::File folder_{::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  std::string fifo_path_;
  void* no_access_ = ::mmap(nullptr, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  aio::AlignedBuffer memory_ = make_buffer(2 * page);
  std::array<::iovec, 1025> segments_{};
  std::vector<aio::File> opened_;
};

raw::iocb with_flags(raw::iocb request, raw::kernel_rwf_t flags) {
  raw::set_rw_flags(request, flags);
  return request;
}

raw::iocb with_eventfd(raw::iocb request, int fd) {
  raw::set_eventfd(request, fd);
  return request;
}

raw::iocb with_priority(raw::iocb request, unsigned priority_class, unsigned level) {
  raw::set_ioprio(request, raw::ioprio_prio_value(priority_class, level));
  return request;
}

raw::iocb with_opcode(raw::iocb request, std::uint16_t opcode) {
  request.aio_lio_opcode = opcode;
  return request;
}

raw::iocb fsync_of(int fd) {
  raw::iocb request{};
  raw::prep_fsync(request, fd);
  return request;
}

raw::iocb poll_of(int fd, std::uint16_t events = POLLIN) {
  raw::iocb request{};
  raw::prep_poll(request, fd, events);
  return request;
}

std::string number_of(const char* word, int fd) {
  return std::string(word) + " " + std::to_string(fd);
}

struct Row {
  const char* cause;
  std::function<raw::iocb(Scene&)> request;
  int code;
  std::vector<std::string> words;
};

// "descriptor" in a row's words stands for the request's, with its number.
void require_row(const Row& row, Call call) {
  INFO(row.cause);
  Scene scene;
  const raw::iocb request = row.request(scene);
  aio::Context context = make_context();
  auto [result] = context.run(AsIs(request));
  REQUIRE(!result);
  const std::string message = result.error().message();
  INFO(message);
  REQUIRE(result.error() == Error(call, row.code));
  REQUIRE(message.size() < 300);
  for (const std::string& words : row.words) {
    const auto fd = static_cast<int>(request.aio_fildes);
    REQUIRE(message.find(words == "descriptor" ? number_of("descriptor", fd) : words) !=
            std::string::npos);
  }
}

}  // namespace

TEST_CASE("what io_submit refuses for its descriptor says what the descriptor is") {
  const std::array rows{
      Row{"no descriptor", [](Scene& s) { return s.read(-1); }, EBADF, {"-1 is no descriptor"}},
      Row{"a closed one",
          [](Scene& s) { return s.read(999'999); },
          EBADF,
          {"descriptor 999999 is closed", "for this read", "flush()"}},
      Row{"a closed one, to sync",
          [](Scene&) { return fsync_of(999'999); },
          EBADF,
          {"fsync was refused", "descriptor 999999 is closed"}},
      Row{"O_PATH",
          [](Scene& s) { return s.read(s.again(O_PATH)); },
          EBADF,
          {"descriptor", "O_PATH"}},
      Row{"read of what can be written only",
          [](Scene& s) { return s.read(s.again(O_WRONLY)); },
          EBADF,
          {"descriptor", "is not open for reading"}},
      Row{"write to what can be read only",
          [](Scene& s) { return s.write(s.again(O_RDONLY)); },
          EBADF,
          {"descriptor", "is not open for writing"}},
      Row{"a closed eventfd",
          [](Scene& s) { return with_eventfd(s.read(s.file()), 999'999); },
          EBADF,
          {"the eventfd of the request is closed"}},
      Row{"an eventfd that is none",
          [](Scene& s) { return with_eventfd(s.read(s.file()), s.file()); },
          EINVAL,
          {"what is to be notified is no eventfd"}},
      Row{"a directory",
          [](Scene& s) { return s.read(s.folder()); },
          EINVAL,
          {"descriptor", "is a directory, which has no bytes to read"}},
      Row{"/proc/self/maps",
          [](Scene& s) { return s.read(s.maps()); },
          EINVAL,
          {"descriptor", "has no asynchronous read", "/proc"}},
      Row{"fsync of a pipe",
          [](Scene& s) { return fsync_of(s.pipe_without_reader()); },
          EINVAL,
          {"descriptor", "is a pipe, which has nothing to make durable"}},
      Row{"fsync of an eventfd",
          [](Scene& s) { return fsync_of(s.event()); },
          EINVAL,
          {"descriptor", "is an anonymous inode, which has nothing to make durable"}},
      Row{"poll of a fifo with two wait queues",
          [](Scene& s) { return poll_of(s.fifo(O_RDWR)); },
          EINVAL,
          {"descriptor", "fifo open for reading and writing", "two wait queues"}},
      Row{"poll of a regular file for what it never is",
          [](Scene& s) { return poll_of(s.file(), POLLPRI); },
          EINVAL,
          {"descriptor", "regular file", "always ready"}},
  };
  for (const Row& row : rows) require_row(row, Call::io_submit);
}

TEST_CASE("what io_submit refuses for its numbers says the numbers") {
  constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  const std::array rows{
      Row{"a negative offset",
          [](Scene& s) { return s.read(s.file(), 100, -5); },
          EINVAL,
          {"offset is negative (-5)", "9223372036854775807"}},
      Row{"an end that is too large",
          [](Scene& s) {
            return s.read(s.file(), 10, std::numeric_limits<std::int64_t>::max() - 4);
          },
          EINVAL,
          {"9223372036854775803 + 10", "together over 9223372036854775807"}},
      Row{"the lowest offset",
          [](Scene& s) { return s.write(s.file(), 100, lowest); },
          EINVAL,
          {"write of 100 bytes at offset 9223372036854775808", "(-9223372036854775808)"}},
      Row{"a length with the top bit set",
          [](Scene& s) {
            raw::iocb request = s.read(s.file());
            request.aio_nbytes = std::uint64_t{1} << 63U;
            return request;
          },
          EINVAL,
          {"length 9223372036854775808 is over"}},
      Row{"too many buffers",
          [](Scene& s) { return s.read_into(s.file(), 1025); },
          EINVAL,
          {"read into 1025 buffers", "more than the 1024"}},
      Row{"aio_reserved2",
          [](Scene& s) {
            raw::iocb request = s.read(s.file());
            request.aio_reserved2 = 1;
            return request;
          },
          EINVAL,
          {"aio_reserved2 must be 0"}},
      Row{"opcode 4",
          [](Scene& s) { return with_opcode(s.read(s.file()), 4); },
          EINVAL,
          {"opcode 4", "no kernel"}},
      Row{"no operation",
          [](Scene& s) { return with_opcode(s.read(s.file()), 6); },
          EINVAL,
          {"opcode 6", "no kernel"}},
      Row{"opcode 9",
          [](Scene& s) { return with_opcode(s.read(s.file()), 9); },
          EINVAL,
          {"opcode 9", "no kernel"}},
      Row{"an fsync of a part",
          [](Scene& s) { return with_opcode(s.read(s.file(), 7, 9), 2); },
          EINVAL,
          {"an fsync has no offset, no length and no buffer"}},
      Row{"an fdatasync with flags",
          [](Scene& s) { return with_flags(with_opcode(fsync_of(s.file()), 3), raw::rwf_dsync); },
          EINVAL,
          {"an fdatasync has no flags"}},
      Row{"a poll with an offset",
          [](Scene& s) {
            raw::iocb request = poll_of(s.empty_pipe());
            request.aio_offset = 1;
            return request;
          },
          EINVAL,
          {"a poll has no offset"}},
      Row{"a poll with a mask of 17 bits",
          [](Scene& s) {
            raw::iocb request = poll_of(s.empty_pipe());
            request.aio_buf = 0x1'0001;
            return request;
          },
          EINVAL,
          {"mask", "16 bits"}},
      Row{"an I/O priority class that does not exist",
          [](Scene& s) { return with_priority(s.read(s.file()), 7, 0); },
          EINVAL,
          {"no I/O priority class 7"}},
      Row{"a level without a class",
          [](Scene& s) { return with_priority(s.read(s.file()), 0, 3); },
          EINVAL,
          {"level 3", "no class"}},
      Row{"an array of buffers that is nowhere",
          [](Scene& s) {
            raw::iocb request = s.read_into(s.file(), 1);
            request.aio_buf = 0;
            return request;
          },
          EFAULT,
          {"the array of its buffers"}},
      Row{"a flag of the future",
          [](Scene& s) { return with_flags(s.read(s.file()), 1 << 30); },
          EOPNOTSUPP,
          {"RWF_ bits", "does not know"}},
      Row{"an atomic write through the page cache",
          [](Scene& s) { return with_flags(s.write(s.file()), raw::rwf_atomic); },
          EOPNOTSUPP,
          {"the flag atomic", "Linux 6.11"}},
      Row{"dont_cache on a pipe",
          [](Scene& s) { return with_flags(s.read(s.empty_pipe()), raw::rwf_dontcache); },
          EOPNOTSUPP,
          {"the flag dont_cache", "Linux 6.14"}},
  };
  for (const Row& row : rows) require_row(row, Call::io_submit);
}

TEST_CASE("a buffer where no process has memory is said to be there") {
#if defined(__s390x__)
  skip("a process may have memory at any address of s390x");
#else
  const Row row{"a buffer in the kernel's half",
                [](Scene& s) {
                  raw::iocb request = s.read(s.file());
                  request.aio_buf = std::numeric_limits<std::uintptr_t>::max() - 4095;
                  return request;
                },
                EFAULT,
                {"the buffer is not in this process's memory"}};
  require_row(row, Call::io_submit);
#endif
}

TEST_CASE("flags that contradict each other are named") {
  Scene scene;
  aio::Context context = make_context();
  auto [result] =
      context.run(AsIs(with_flags(scene.write(scene.file()), raw::rwf_append | raw::rwf_noappend)));
  REQUIRE(!result);
  if (result.error().code() == EOPNOTSUPP) {
    skip("this kernel has no RWF_NOAPPEND");
    return;
  }
  REQUIRE(result.error() == Error(Call::io_submit, EINVAL));
  REQUIRE(result.error().message().find("append and no_append contradict") != std::string::npos);
}

TEST_CASE("what fails at completion says what the request ran into") {
  std::signal(SIGPIPE, SIG_IGN);
  const std::array rows{
      Row{"a read into memory that is not mapped",
          [](Scene& s) { return s.read_into_nowhere(); },
          EFAULT,
          {"read of 100 bytes", "not mapped, or not writable"}},
      Row{"a write from memory that is not mapped",
          [](Scene& s) { return s.write_from_nowhere(); },
          EFAULT,
          {"write of 100 bytes", "not mapped, or not readable"}},
      Row{"an empty pipe with O_NONBLOCK",
          [](Scene& s) { return s.read(s.empty_pipe_that_does_not_block()); },
          EAGAIN,
          {"would have blocked", "descriptor", "O_NONBLOCK"}},
      Row{"a socket with an offset",
          [](Scene& s) { return s.read(s.socket(), 100, 7); },
          ESPIPE,
          {"at offset 7", "descriptor", ".at()"}},
      Row{"a pipe that nobody reads",
          [](Scene& s) { return s.write(s.pipe_without_reader()); },
          EPIPE,
          {"nobody reads", "no_signal"}},
      Row{"a read of an eventfd that is too short",
          [](Scene& s) { return s.read(s.event(), 4); },
          EINVAL,
          {"descriptor", "eventfd", "4 bytes"}},
  };
  for (const Row& row : rows) require_row(row, Call::completion);
  if (!pipes_know_nowait()) return;
  require_row({"no_wait on an empty pipe",
               [](Scene& s) { return with_flags(s.read(s.empty_pipe()), raw::rwf_nowait); },
               EAGAIN,
               {"would have blocked", "no_wait"}},
              Call::completion);
}

TEST_CASE("misaligned O_DIRECT says which number is no multiple of what") {
  Scene scene;
  if (!scene.has_direct_io()) {
    skip("the file system of " + temporary_folder() + " does not say how to use O_DIRECT");
    return;
  }
  const int fd = scene.again(O_RDWR | O_DIRECT);
  const aio::DirectIo needed = must(aio::File(::dup(fd)).direct_io());
  const std::string of_offset = " is no multiple of " + std::to_string(needed.offset_alignment);
  const std::string of_memory = " is no multiple of " + std::to_string(needed.memory_alignment);
  const auto require_words = [&](const raw::iocb& request, const std::vector<std::string>& there,
                                 const std::vector<std::string>& not_there) {
    aio::Context context = make_context();
    auto [result] = context.run(AsIs(request));
    REQUIRE(!result);
    REQUIRE(result.error() == Error(Call::completion, EINVAL));
    const std::string message = result.error().message();
    INFO(message);
    REQUIRE(message.find("File::direct_io()") != std::string::npos);
    for (const std::string& words : there) REQUIRE(message.find(words) != std::string::npos);
    for (const std::string& words : not_there) REQUIRE(message.find(words) == std::string::npos);
  };
  require_words(scene.read(fd, 4096, 100), {"offset 100" + of_offset}, {"length", "address"});
  require_words(scene.read(fd, 100, 4096), {"length 100" + of_offset},
                {"offset 4096 is", "address"});
  raw::iocb odd_address = scene.read(fd, 4096, 0);
  odd_address.aio_buf += 1;
  require_words(odd_address, {"the buffer's address" + of_memory}, {"length", "offset 0 is"});
  require_words(scene.write(fd, 1, 3), {"offset 3" + of_offset + " and length 1" + of_offset}, {});
  require_words(scene.read_into(fd, 2), {"one of its buffers" + of_offset}, {"offset 0 is"});
  require_words(scene.read_into(fd, 2, 5), {"offset 5" + of_offset}, {"one of its buffers"});
}

TEST_CASE(
    "a buffered write with no_wait says to use O_DIRECT, where the file system cannot do it") {
  Scene scene;
  aio::Context context = make_context();
  auto [result] = context.run(AsIs(with_flags(scene.write(scene.file()), raw::rwf_nowait)));
  if (result || result.error().code() != EOPNOTSUPP) {
    skip("the file system of " + temporary_folder() + " writes with no_wait");
    return;
  }
  const std::string message = result.error().message();
  INFO(message);
  REQUIRE(message.find("no_wait") != std::string::npos);
  REQUIRE(message.find("Linux 4.14") != std::string::npos);
  if (result.error().call() == Call::completion) {
    REQUIRE(message.find("O_DIRECT") != std::string::npos);
  }
}

TEST_CASE("a real-time I/O priority without the capability says which one it needs") {
  const Ending ending = in_child([] {
    constexpr ::uid_t nobody = 65534;
    Scene scene;
    // In a user namespace nobody may be missing, but its capabilities do not count anyway.
    [[maybe_unused]] const int unused = ::setresuid(nobody, nobody, nobody);
    auto context = aio::Context::create({.capacity = 1});
    if (!context) return 2;
    auto [result] = context->run(AsIs(with_priority(scene.read(scene.file()), 1, 0)));
    if (result) return 3;
    std::fputs(result.error().message().c_str(), stderr);
    return result.error() == Error(Call::io_submit, EPERM) ? 0 : 4;
  });
  INFO(ending.output);
  REQUIRE(ending.signal == 0);
  if (ending.status == 3) {
    skip("this program has CAP_SYS_NICE or CAP_SYS_ADMIN and cannot give it up");
    return;
  }
  REQUIRE(ending.status == 0);
  REQUIRE(ending.output.find("real-time I/O priority needs CAP_SYS_NICE or CAP_SYS_ADMIN") !=
          std::string::npos);
}

TEST_CASE("a message may come after the file is closed: then it claims nothing of the file") {
  std::optional<Error> error;
  {
    Scene scene;
    aio::Context context = make_context();
    auto [result] = context.run(AsIs(scene.read(scene.again(O_WRONLY))));
    error = result.error();
  }
  INFO(error->message());
  REQUIRE(error->message().find("is closed, or was not open for this read") != std::string::npos);
}

TEST_CASE("a context that has no room says how much there is, as a machine that has none does") {
  aio::Context context = make_context(1);
  const TemporaryFile file(pattern(1));
  submit(context, aio::fsync(borrowed(file)), [](const auto&) {});
  const auto refused = context.submit(aio::fsync(borrowed(file)), [](const auto&) {});
  REQUIRE(!refused);
  REQUIRE(refused.error().error == Error(Call::submit, EAGAIN));
  REQUIRE(refused.error().error.message().find("all 1 slots are in flight") != std::string::npos);

  std::uint32_t most = 0;
  REQUIRE(std::ifstream("/proc/sys/fs/aio-max-nr") >> most);
  if (most >= 1'000'000) {
    skip("fs.aio-max-nr is so high that the table alone would fill the memory");
    return;
  }
  const auto second = aio::Context::create({.capacity = most});
  REQUIRE(!second);
  const std::string message = second.error().message();
  INFO(message);
  REQUIRE(second.error() == Error(Call::io_setup, EAGAIN));
  REQUIRE(message.find("fs.aio-max-nr, is " + std::to_string(most) + ", of which ") !=
          std::string::npos);
  REQUIRE(message.find("are in use now") != std::string::npos);
  REQUIRE(message.find("room for " + std::to_string(most) + " more") != std::string::npos);
}
