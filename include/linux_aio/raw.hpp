// The kernel's AIO interface, 1:1: generated bindings, thin calls, and iocb helpers. No ownership,
// no opinions; usable alone as //:raw.
#pragma once

#include <linux_aio/raw/abi.hpp>
#include <linux_aio/raw/ioprio.hpp>
#include <linux_aio/raw/prep.hpp>
#include <linux_aio/raw/syscall.hpp>
