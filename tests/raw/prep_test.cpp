#include <array>
#include <bit>
#include <catch2/catch_all.hpp>
#include <cstdint>
#include <limits>
#include <linux_aio/raw/prep.hpp>

namespace {

namespace raw = linux_aio::raw;

// Bits of which a prep_ function must leave only those of aio_data and aio_key.
raw::iocb used_request() {
  std::array<unsigned char, sizeof(raw::iocb)> bytes{};
  bytes.fill(0xa5);
  return std::bit_cast<raw::iocb>(bytes);
}

void require_fields(const raw::iocb& request, std::uint16_t opcode, int fd, std::uint64_t buf,
                    std::uint64_t nbytes, std::int64_t offset) {
  REQUIRE(request.aio_data == 0xa5a5'a5a5'a5a5'a5a5);
  REQUIRE(request.aio_key == 0xa5a5'a5a5);
  REQUIRE(request.aio_rw_flags == 0);
  REQUIRE(request.aio_lio_opcode == opcode);
  REQUIRE(request.aio_reqprio == 0);
  REQUIRE(request.aio_fildes == static_cast<std::uint32_t>(fd));
  REQUIRE(request.aio_buf == buf);
  REQUIRE(request.aio_nbytes == nbytes);
  REQUIRE(request.aio_offset == offset);
  REQUIRE(request.aio_reserved2 == 0);
  REQUIRE(request.aio_flags == 0);
  REQUIRE(request.aio_resfd == 0);
}

}  // namespace

TEST_CASE("address_of is the address, and 0 for a null pointer") {
  int value = 0;
  REQUIRE(raw::address_of(&value) == reinterpret_cast<std::uintptr_t>(&value));
  REQUIRE(raw::address_of(nullptr) == 0);
}

TEST_CASE("prep_pread sets all but the caller's data and the kernel's key") {
  raw::iocb request = used_request();
  std::array<char, 16> memory{};
  raw::prep_pread(request, 7, memory.data(), memory.size(), 1234);
  require_fields(request, 0, 7, raw::address_of(memory.data()), 16, 1234);
}

TEST_CASE("prep_pwrite sets the same") {
  raw::iocb request = used_request();
  const std::array<char, 16> memory{};
  raw::prep_pwrite(request, 8, memory.data(), memory.size(), 1LL << 40);
  require_fields(request, 1, 8, raw::address_of(memory.data()), 16, 1LL << 40);
}

TEST_CASE("prep_preadv and prep_pwritev carry the segments and their number") {
  const std::array<::iovec, 3> segments{};
  raw::iocb request = used_request();
  raw::prep_preadv(request, 9, segments.data(), segments.size(), 5);
  require_fields(request, 7, 9, raw::address_of(segments.data()), 3, 5);
  request = used_request();
  raw::prep_pwritev(request, 10, segments.data(), segments.size(), 6);
  require_fields(request, 8, 10, raw::address_of(segments.data()), 3, 6);
}

TEST_CASE("prep_fsync and prep_fdsync set all to zero but opcode and file") {
  raw::iocb request = used_request();
  raw::prep_fsync(request, 11);
  require_fields(request, 2, 11, 0, 0, 0);
  request = used_request();
  raw::prep_fdsync(request, 12);
  require_fields(request, 3, 12, 0, 0, 0);
}

TEST_CASE("prep_poll carries the events in place of the buffer") {
  raw::iocb request = used_request();
  raw::prep_poll(request, 13, 0xffff);
  require_fields(request, 5, 13, 0xffff, 0, 0);
}

TEST_CASE("prep carries extreme values unchanged") {
  raw::iocb request = used_request();
  raw::prep_pread(request, -1, nullptr, std::numeric_limits<std::size_t>::max(),
                  std::numeric_limits<std::int64_t>::min());
  require_fields(request, 0, -1, 0, std::numeric_limits<std::size_t>::max(),
                 std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("the setters change their own fields, and add up") {
  raw::iocb request = used_request();
  raw::prep_fsync(request, 3);
  raw::set_rw_flags(request, 0x12);
  REQUIRE(request.aio_rw_flags == 0x12);
  REQUIRE(request.aio_flags == 0);

  raw::set_eventfd(request, 14);
  REQUIRE(request.aio_flags == 1);
  REQUIRE(request.aio_resfd == 14);
  REQUIRE(request.aio_reqprio == 0);

  raw::set_ioprio(request, 0x4004);
  REQUIRE(request.aio_flags == 3);
  REQUIRE(request.aio_reqprio == 0x4004);
  REQUIRE(request.aio_resfd == 14);
  REQUIRE(request.aio_rw_flags == 0x12);

  raw::set_rw_flags(request, 0);
  REQUIRE(request.aio_rw_flags == 0);
}

TEST_CASE("set_ioprio keeps the sixteenth bit of a class above 3") {
  raw::iocb request{};
  raw::set_ioprio(request, 0xe007);
  REQUIRE(static_cast<std::uint16_t>(request.aio_reqprio) == 0xe007);
}
