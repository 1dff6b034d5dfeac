// What the library asks of the compiler, and the attributes by which clang checks its users.
#pragma once

#include <version>

#if !defined(__cpp_lib_expected)
#error \
    "linux_aio needs C++23: compile with -std=c++23 (g++ 12, clang 19 with libstdc++ 12, or newer)"
// A missing file stops the compiler, so that this sentence is not lost among what would follow.
#include <linux_aio/stop_after_the_error_above>
#endif

#if defined(__clang__)
#define LINUX_AIO_LIFETIMEBOUND [[clang::lifetimebound]]
// Typestate, checked by -Wconsumed: a moved-from object may only be assigned to or destroyed.
#define LINUX_AIO_CONSUMABLE [[clang::consumable(unconsumed)]]
#define LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[clang::callable_when("unconsumed", "unknown")]]
#define LINUX_AIO_RETURNS_UNCONSUMED [[clang::return_typestate(unconsumed)]]
#define LINUX_AIO_SETS_UNCONSUMED [[clang::set_typestate(unconsumed)]]
#else
#define LINUX_AIO_LIFETIMEBOUND
#define LINUX_AIO_CONSUMABLE
#define LINUX_AIO_CALLABLE_WHEN_UNCONSUMED
#define LINUX_AIO_RETURNS_UNCONSUMED
#define LINUX_AIO_SETS_UNCONSUMED
#endif
