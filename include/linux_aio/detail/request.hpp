// Request: what a context needs of what it is given to do.
#pragma once

#include <sys/uio.h>

#include <concepts>
#include <cstddef>
#include <linux_aio/error.hpp>
#include <linux_aio/raw/abi.hpp>
#include <span>
#include <type_traits>

namespace linux_aio::detail {

/// The most segments of a request. Source: UIO_MAXIOV.
inline constexpr std::size_t most_segments = 1024;

struct IgnoreMemory {
  void operator()(std::span<const std::byte> /*bytes*/) const noexcept {}
};

/// What stays with the context while the kernel works: it tells which memory the kernel uses alone,
/// and becomes the completion. Moving it leaves the memory where it is.
template <class T, class Completion>
concept InFlight = std::is_nothrow_move_constructible_v<T> &&
                   requires(T& in_flight, const Result<std::size_t>& outcome) {
                     in_flight.visit_exclusive_memory(IgnoreMemory{});
                     {
                       std::move(in_flight).complete(outcome)
                     } noexcept -> std::same_as<Completion>;
                   };

/// A request whose iocb needs no segments. It leaves aio_data, which identifies it.
template <class T>
concept PlainRequest = requires(T& request, raw::iocb& iocb) {
  { request.lower(iocb) } noexcept;
};

/// A request whose iocb refers to segments, which the context lends it until io_submit returns. It
/// leaves aio_data, too.
template <class T>
concept SegmentedRequest = requires(T& request, raw::iocb& iocb, ::iovec* segments) {
  { request.segment_count() } noexcept -> std::same_as<std::size_t>;
  { request.lower(iocb, segments) } noexcept;
};

/// What a context runs.
template <class T>
concept Request = std::is_nothrow_move_constructible_v<T> &&
                  (PlainRequest<T> || SegmentedRequest<T>) && requires(T& request) {
                    typename T::Completion;
                    { T::owns_memory } -> std::convertible_to<bool>;
                    { request.in_flight() } noexcept;
                    requires InFlight<std::remove_reference_t<decltype(request.in_flight())>,
                                      typename T::Completion>;
                  };

/// Whether what completes the request may never happen.
template <class T>
inline constexpr bool may_never_complete = requires { typename T::MayNeverComplete; };

/// What of a request stays in its slot.
template <class R>
using InFlightOf = std::remove_reference_t<decltype(std::declval<R&>().in_flight())>;

}  // namespace linux_aio::detail
