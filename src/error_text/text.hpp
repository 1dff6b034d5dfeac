// How a Failure is put into words: the cause and the remedy, per call. A function returns nothing
// where the errno's own words say it all. What it states as a fact follows from the request's
// numbers or from its descriptor as it is now; what is only possible, it lists.
#pragma once

#include <linux_aio/error.hpp>
#include <string>
#include <vector>

namespace linux_aio::detail {

// calls.cpp: what never reached io_submit
[[nodiscard]] std::string explain_allocate(const Failure& failure);
[[nodiscard]] std::string explain_acquire(const Failure& failure);
[[nodiscard]] std::string explain_open(const Failure& failure);
[[nodiscard]] std::string explain_statx(const Failure& failure);
[[nodiscard]] std::string explain_setup(const Failure& failure);
[[nodiscard]] std::string explain_context(const Failure& failure);
[[nodiscard]] std::string explain_submit(const Failure& failure);
[[nodiscard]] std::string explain_wait(const Failure& failure);
[[nodiscard]] std::string explain_close_context(const Failure& failure);
[[nodiscard]] std::string explain_commit(const Failure& failure);  // of a sync that was not sent
[[nodiscard]] std::string explain_whole_transfer(const Failure& failure);

// refusal.cpp: what io_submit refuses
[[nodiscard]] std::string explain_refusal(const Failure& failure);

// completion.cpp: what a completion reports
[[nodiscard]] std::string explain_completion(const Failure& failure);

// flags.cpp: EOPNOTSUPP
[[nodiscard]] std::string explain_flags(const Failure& failure);

// request.cpp: a request's own words
[[nodiscard]] std::string describe_request(const Failure& failure);  // "read of 1 byte at offset 2"
[[nodiscard]] std::string operation_of(const Failure& failure);      // "read"
[[nodiscard]] std::string file_of(const Failure& failure);           // "descriptor 3"
[[nodiscard]] std::string count(std::uint64_t number, const char* noun);  // "1 byte", "2 bytes"
[[nodiscard]] bool is_read(const Failure& failure) noexcept;
[[nodiscard]] bool is_write(const Failure& failure) noexcept;
[[nodiscard]] bool is_vectored(const Failure& failure) noexcept;
[[nodiscard]] bool is_sync(const Failure& failure) noexcept;
[[nodiscard]] bool is_poll(const Failure& failure) noexcept;

[[nodiscard]] std::string errno_text(int code);  // "EINVAL (Invalid argument)"

/// "a", "a and b", "a, b and c" for the word "and".
[[nodiscard]] std::string list(const std::vector<std::string>& items, const char* word);

}  // namespace linux_aio::detail
