#!/bin/sh
# Writes the API documentation into a folder: ./bazelw run //docs:api -- DIR
set -eu
case ${1:-} in
'' | -h | --help)
	echo "usage: ./bazelw run //docs:api -- DIR   # writes the API documentation there, for a browser"
	[ -n "${1:-}" ] && exit 0 || exit 2
	;;
/*) output=$1 ;;
*) output=${BUILD_WORKING_DIRECTORY:-.}/$1 ;;
esac
command -v doxygen >/dev/null || {
	echo "api: Doxygen is not installed: apt-get install doxygen" >&2
	exit 1
}
mkdir -p "$output"
LINUX_AIO_API=$output doxygen docs/Doxyfile
echo "$output/index.html"
