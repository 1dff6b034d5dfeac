// linux_aio: asynchronous disk I/O through Linux kernel AIO, typed. Includes the whole safe layer.
#pragma once

#include <linux_aio/aligned_buffer.hpp>
#include <linux_aio/async.hpp>
#include <linux_aio/buffer.hpp>
#include <linux_aio/buffer_pool.hpp>
#include <linux_aio/commit.hpp>
#include <linux_aio/context.hpp>
#include <linux_aio/context_options.hpp>
#include <linux_aio/direct_io.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/event_fd.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/flag_set.hpp>
#include <linux_aio/in_flight_request.hpp>
#include <linux_aio/io_priority.hpp>
#include <linux_aio/poll.hpp>
#include <linux_aio/poll_events.hpp>
#include <linux_aio/read.hpp>
#include <linux_aio/request_id.hpp>
#include <linux_aio/rw_flags.hpp>
#include <linux_aio/shared_bytes.hpp>
#include <linux_aio/sized_array.hpp>
#include <linux_aio/statistics.hpp>
#include <linux_aio/sync.hpp>
#include <linux_aio/vectored.hpp>
#include <linux_aio/write.hpp>
