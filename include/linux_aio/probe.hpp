// What this machine and a file can do: probe_kernel() and probe_file().
#pragma once

#include <linux_aio/file_capabilities.hpp>
#include <linux_aio/kernel_capabilities.hpp>
