// A page of the log: a header and records, in the byte order of the machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "examples/support/checksum.hpp"

namespace write_ahead_log {

constexpr std::size_t page_size = 4096;

struct PageHeader {
  std::uint32_t checksum;  // of the rest of the page
  std::uint32_t opening;   // of the log that wrote the page, a random number
  std::uint32_t previous;  // the checksum of the page before: what an older opening left does not
                           // fit, even if it had the same records
  std::uint32_t number;    // of the page in the log, from 1
  std::uint32_t used;      // bytes of the page
};

/// The longest record: it has a length before it, and lies in one page.
constexpr std::size_t longest_record = page_size - sizeof(PageHeader) - sizeof(std::uint32_t);

/// Fills a page with records.
class PageWriter {
 public:
  explicit PageWriter(std::span<std::byte> page) noexcept : page_(page) {}

  /// False if the page has no room for it.
  [[nodiscard]] bool add(std::string_view record) noexcept {
    const auto length = static_cast<std::uint32_t>(record.size());
    if (page_.size() - used_ < sizeof length + length) return false;
    put(&length, sizeof length);
    put(record.data(), record.size());
    return true;
  }

  /// Writes the header. Returns the page's checksum.
  std::uint32_t finish(std::uint32_t number, std::uint32_t opening,
                       std::uint32_t previous) noexcept {
    std::memset(page_.data() + used_, 0, page_.size() - used_);
    PageHeader header{.checksum = 0,
                      .opening = opening,
                      .previous = previous,
                      .number = number,
                      .used = static_cast<std::uint32_t>(used_)};
    std::memcpy(page_.data(), &header, sizeof header);
    header.checksum = support::checksum(page_.subspan(sizeof header.checksum));
    std::memcpy(page_.data(), &header.checksum, sizeof header.checksum);
    return header.checksum;
  }

 private:
  void put(const void* data, std::size_t size) noexcept {
    if (size != 0) std::memcpy(page_.data() + used_, data, size);
    used_ += size;
  }

  std::span<std::byte> page_;
  std::size_t used_ = sizeof(PageHeader);
};

/// The header of `page`, whatever it says.
[[nodiscard]] inline PageHeader header_of(std::span<const std::byte> page) noexcept {
  PageHeader header{};
  std::memcpy(&header, page.data(), sizeof header);
  return header;
}

/// Calls `visit` with each record of a page whose checksum is right.
template <class Visit>
void for_each_record(std::span<const std::byte> page, const Visit& visit) {
  const std::size_t used = header_of(page).used;
  for (std::size_t at = sizeof(PageHeader); at < used;) {
    std::uint32_t length = 0;
    std::memcpy(&length, page.data() + at, sizeof length);
    at += sizeof length;
    visit(std::string_view(reinterpret_cast<const char*>(page.data() + at), length));
    at += length;
  }
}

}  // namespace write_ahead_log
