// Rest: what of a range of buffers a whole transfer has not reached yet.
#pragma once

#include <cstddef>
#include <iterator>
#include <linux_aio/detail/transfer.hpp>
#include <linux_aio/vectored.hpp>
#include <ranges>
#include <span>

namespace linux_aio::detail {

/// The bytes of `buffers` from `position` on, as a range of spans that borrows them: no more of
/// them than one request takes.
template <BufferRange R>
class Rest : public std::ranges::view_interface<Rest<R>> {
 public:
  static constexpr std::size_t most = 1024;  // Source: UIO_MAXIOV

  class iterator {
   public:
    using Inner = std::ranges::iterator_t<R&>;
    using difference_type = std::ptrdiff_t;
    using value_type = decltype(bytes_of(*std::declval<Inner&>()));

    iterator() = default;
    iterator(Inner inner, Inner last, std::size_t skip) noexcept
        : inner_(inner), last_(last), skip_(skip) {}

    [[nodiscard]] value_type operator*() const noexcept { return bytes_of(*inner_).subspan(skip_); }
    iterator& operator++() noexcept {
      ++inner_;
      skip_ = 0;
      ++count_;
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& left, const iterator& right) noexcept {
      return left.inner_ == right.inner_;
    }
    friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept {
      return at.inner_ == at.last_ || at.count_ == most;
    }

   private:
    Inner inner_{};
    Inner last_{};
    std::size_t skip_ = 0;   // of the first
    std::size_t count_ = 0;  // of buffers passed
  };

  Rest(R& buffers, std::size_t position) noexcept {
    auto first = std::ranges::begin(buffers);
    const auto last = std::ranges::next(first, std::ranges::end(buffers));
    while (first != last && position >= bytes_of(*first).size()) {
      position -= bytes_of(*first).size();
      ++first;
    }
    begin_ = iterator(first, last, position);
  }

  [[nodiscard]] iterator begin() const noexcept { return begin_; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  iterator begin_;
};

}  // namespace linux_aio::detail
