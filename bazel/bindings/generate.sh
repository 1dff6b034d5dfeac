#!/bin/sh
# Runs the generator for linux_aio_bindings, on the machine's Python and not on one that Bazel
# chooses: that of a consumer's toolchain need not have clang and jinja2.
python=${LINUX_AIO_PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import clang.cindex, jinja2' 2>/dev/null; then
	echo "linux_aio_bindings: $python lacks clang.cindex or jinja2: apt-get install python3-clang python3-jinja2" >&2
	exit 1
fi
PYTHONPATH=${0%/*}/../.. exec "$python" -B -P -m codegen.bindings_command "$@"
