#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdint>
#include <linux_aio/raw/abi.hpp>
#include <string_view>

namespace raw = linux_aio::raw;

TEST_CASE("bindings made at build time are those of the ABI that is compiled for") {
  CHECK(std::string_view(raw::abi_name) == "x86_64");
  CHECK(raw::nr_io_setup == SYS_io_setup);
  CHECK(raw::nr_io_getevents == SYS_io_getevents);
}

TEST_CASE("they know what the headers they were made from do not have yet") {
  CHECK(raw::rwf_nosignal == 0x100);
}

TEST_CASE("the kernel understands them") {
  raw::aio_context_t context = 0;
  REQUIRE(::syscall(raw::nr_io_setup, 1, &context) == 0);
  raw::iocb request = {};
  request.aio_lio_opcode = raw::iocb_cmd_fsync;
  request.aio_fildes = static_cast<std::uint32_t>(-1);
  raw::iocb* pointer = &request;
  CHECK(::syscall(raw::nr_io_submit, context, 1, &pointer) == -1);
  CHECK(errno == EBADF);
  CHECK(::syscall(raw::nr_io_destroy, context) == 0);
}
