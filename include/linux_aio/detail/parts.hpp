// Parts: the bytes of a range of buffers, or some of them, buffer by buffer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <linux_aio/detail/request.hpp>
#include <linux_aio/detail/transfer.hpp>
#include <ranges>
#include <utility>

namespace linux_aio::detail {

/// Bytes of the range of buffers `R`, which it borrows, as a range of spans.
template <class R>
class Parts : public std::ranges::view_interface<Parts<R>> {
 public:
  class iterator {
   public:
    using Inner = std::ranges::iterator_t<R&>;
    using difference_type = std::ptrdiff_t;
    using value_type = decltype(bytes_of(*std::declval<Inner&>()));

    iterator() = default;

    [[nodiscard]] value_type operator*() const noexcept {
      const value_type whole = bytes_of(*inner_).subspan(skip_);
      return whole.first(std::min(whole.size(), bytes_left_));
    }
    iterator& operator++() noexcept {
      bytes_left_ -= (**this).size();
      --buffers_left_;
      skip_ = 0;
      ++inner_;
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
      return at.bytes_left_ == 0 || at.buffers_left_ == 0 || at.inner_ == at.last_;
    }

   private:
    friend class Parts;
    static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

    explicit iterator(R& buffers) noexcept
        : inner_(std::ranges::begin(buffers)),
          last_(std::ranges::next(inner_, std::ranges::end(buffers))) {}

    Inner inner_{};
    Inner last_{};
    std::size_t skip_ = 0;  // of the first buffer
    std::size_t bytes_left_ = no_limit;
    std::size_t buffers_left_ = no_limit;
  };

  /// The first `length` bytes: what a transfer has reached.
  [[nodiscard]] static Parts first(R& buffers, std::size_t length) noexcept {
    iterator begin(buffers);
    begin.bytes_left_ = length;
    return Parts(begin);
  }

  /// The bytes from `position` on, of no more buffers than one request takes: what a transfer has
  /// not reached.
  [[nodiscard]] static Parts rest(R& buffers, std::size_t position) noexcept {
    iterator begin(buffers);
    while (begin.inner_ != begin.last_ && position >= bytes_of(*begin.inner_).size()) {
      position -= bytes_of(*begin.inner_).size();
      ++begin.inner_;
    }
    begin.skip_ = position;
    begin.buffers_left_ = most_segments;
    return Parts(begin);
  }

  [[nodiscard]] iterator begin() const noexcept { return begin_; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  explicit Parts(const iterator& begin) noexcept : begin_(begin) {}

  iterator begin_;
};

}  // namespace linux_aio::detail
