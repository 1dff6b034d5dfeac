#include "bench/device/content.hpp"

#include <cstring>
#include <random>
#include <string>
#include <utility>

#include "bench/common/fail.hpp"
#include "bench/device/transfer.hpp"

namespace device {
namespace {

linux_aio::AlignedBuffer same_as(const linux_aio::AlignedBuffer& buffer) {
  auto made = linux_aio::AlignedBuffer::allocate(buffer.size(), buffer.alignment());
  if (!made) bench::fail(made.error().message());
  return std::move(*made);
}

}  // namespace

Content::Content(Transfers& transfers)
    : transfers_(transfers),
      in_file_(same_as(transfers.buffers.front())),
      run_(std::random_device{}()) {}

void Content::prepare(std::size_t slot, std::uint64_t offset) {
  if (!transfers_.write) return;
  const std::span<std::byte> bytes = transfers_.buffers[slot].bytes();
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(offset)) {
    const std::uint64_t word = (offset + at + 1) * 0x9e3779b97f4a7c15 ^ run_;
    std::memcpy(bytes.data() + at, &word, sizeof(word));
  }
}

void Content::compare(std::size_t slot, std::uint64_t offset) {
  const std::span<std::byte> bytes = transfers_.buffers[slot].bytes();
  const std::span<std::byte> in_file = in_file_.bytes();
  const long long got = transfer(transfers_.file.number(), false, in_file, offset);
  if (got < 0) bench::fail("pread", static_cast<int>(-got));
  if (static_cast<std::size_t>(got) != bytes.size() ||
      std::memcmp(bytes.data(), in_file.data(), bytes.size()) != 0) {
    bench::fail(std::string("what was ") + (transfers_.write ? "written" : "read") + " at offset " +
                std::to_string(offset) + " is not in the file");
  }
  ++compared_;
}

}  // namespace device
