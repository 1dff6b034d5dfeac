#!/bin/sh
# Runs Python; when that fails for want of a package, says which.
python=${LINUX_AIO_PYTHON:-/usr/bin/python3}
"$python" "$@"
status=$?
if [ "$status" -ne 0 ] && ! "$python" -c 'import clang.cindex, jinja2' 2>/dev/null; then
	echo "linux_aio: the generator needs clang.cindex and jinja2, which $python lacks:" >&2
	echo "  apt-get install python3-clang python3-jinja2" >&2
fi
exit "$status"
