#include <cstring>
#include <linux_aio/raw/abi.hpp>

#include "src/error_text/text.hpp"

namespace linux_aio::detail {

bool is_read(const Failure& failure) noexcept {
  return failure.opcode == raw::iocb_cmd_pread || failure.opcode == raw::iocb_cmd_preadv;
}

bool is_write(const Failure& failure) noexcept {
  return failure.opcode == raw::iocb_cmd_pwrite || failure.opcode == raw::iocb_cmd_pwritev;
}

bool is_vectored(const Failure& failure) noexcept {
  return failure.opcode == raw::iocb_cmd_preadv || failure.opcode == raw::iocb_cmd_pwritev;
}

bool is_sync(const Failure& failure) noexcept {
  return failure.opcode == raw::iocb_cmd_fsync || failure.opcode == raw::iocb_cmd_fdsync;
}

bool is_poll(const Failure& failure) noexcept { return failure.opcode == raw::iocb_cmd_poll; }

std::string operation_of(const Failure& failure) {
  if (is_read(failure)) return "read";
  if (is_write(failure)) return "write";
  if (failure.opcode == raw::iocb_cmd_fsync) return "fsync";
  if (failure.opcode == raw::iocb_cmd_fdsync) return "fdatasync";
  if (is_poll(failure)) return "poll";
  if (failure.opcode == Failure::no_request) return "request";
  return "request with opcode " + std::to_string(failure.opcode);
}

std::string file_of(const Failure& failure) { return "descriptor " + std::to_string(failure.file); }

std::string count(std::uint64_t number, const char* noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

std::string describe_request(const Failure& failure) {
  std::string text = operation_of(failure);
  if (is_read(failure) || is_write(failure)) {
    text += is_vectored(failure) ? (is_read(failure) ? " into " : " from ") : " of ";
    text += count(failure.number, is_vectored(failure) ? "buffer" : "byte");
    // As the caller gave it: an offset that is too large is negative for the kernel only.
    text += " at offset " + std::to_string(static_cast<std::uint64_t>(failure.offset));
  }
  return text;
}

std::string errno_text(int code) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 32)
  if (const char* name = ::strerrorname_np(code); name != nullptr) {
    return std::string(name) + " (" + ::strerrordesc_np(code) + ")";
  }
#endif
  return "errno " + std::to_string(code);
}

std::string list(const std::vector<std::string>& items, const char* word) {
  std::string text;
  for (std::size_t index = 0; index < items.size(); ++index) {
    if (index != 0) {
      const bool last = index + 1 == items.size();
      text += last ? std::string(" ") + word + " " : ", ";
    }
    text += items[index];
  }
  return text;
}

}  // namespace linux_aio::detail
