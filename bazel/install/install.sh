#!/bin/sh
# Installs what //:install laid out in the folder that is the first argument; for the rest, see --help.
set -eu

usage() {
	cat <<END
usage: ./bazelw run //:install -- --prefix DIR [--libdir DIR] [--destdir DIR]

Installs the headers, the static library (optimised, position-independent), and what pkg-config and
CMake need to find them. All of it finds the rest from where it is, so the folder may be moved.

  --prefix DIR    where to, say /usr/local: made if it is missing
  --libdir DIR    the library's folder below it, say lib/x86_64-linux-gnu (default: lib)
  --destdir DIR   for packagers: put DIR before every path that is written
  --help          this text
END
}

say() { printf 'install: %s\n' "$*"; }

# refuse WHAT WHAT_TO_DO
refuse() {
	say "$1" >&2
	say "$2" >&2
	exit 2
}

# absolute DIR: from where the user is, and not Bazel.
absolute() {
	case $1 in
	/*) printf '%s' "$1" ;;
	*) printf '%s/%s' "${BUILD_WORKING_DIRECTORY:-$PWD}" "$1" ;;
	esac
}

tree=$1
shift
prefix='' libdir=lib destdir=''
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help)
		usage
		exit
		;;
	--prefix=* | --libdir=* | --destdir=*)
		option=${1%%=*} value=${1#*=}
		shift
		;;
	--prefix | --libdir | --destdir)
		[ $# -gt 1 ] || refuse "$1 needs a folder" "see --help"
		option=$1 value=$2
		shift 2
		;;
	*) refuse "there is no option $1" "see --help" ;;
	esac
	[ -n "$value" ] || refuse "$option needs a folder" "see --help"
	case $option in
	--prefix) prefix=$(absolute "$value") ;;
	--libdir) libdir=${value%/} ;;
	--destdir) destdir=$(absolute "$value") ;;
	esac
done
[ -n "$prefix" ] || refuse "no --prefix" "say where to install, such as --prefix /usr/local"
case /$libdir/ in
//* | */../* | */./*) refuse "--libdir $libdir is not a folder below the prefix" "give one such as lib64" ;;
esac

root=$destdir${prefix%/}
{ mkdir -p "$root" && [ -w "$root" ]; } 2>/dev/null ||
	refuse "cannot write to $root" "choose another --prefix, or run it as a user who may"

# put FILE PATH: replaces what is there, which a running build may have open.
put() {
	mkdir -p "$root/${2%/*}"
	cp --remove-destination "$1" "$root/$2"
	chmod 644 "$root/$2"
}

# Up from a folder of the libdir to the prefix.
up=$(printf '%s' "$libdir" | sed -E 's|[^/]+|..|g')
version=$(sed -nE '/^module\(/,/^\)/s/^ *version = "(.*)",$/\1/p' "$tree/MODULE.bazel")
filled=$(mktemp)
trap 'rm -f "$filled"' EXIT

# fill TEMPLATE FOLDER: puts what the template makes below the libdir.
fill() {
	sed -e "s|@VERSION@|$version|g" -e "s|@LIBDIR@|$libdir|g" -e "s|@PREFIX_FROM_PC@|$up/..|g" \
		-e "s|@PREFIX_FROM_CMAKE@|$up/../..|g" "$tree/$1.in" >"$filled"
	put "$filled" "$libdir/$2/$1"
	say "$prefix/$libdir/$2/$1"
}

headers=0
for header in $(cd "$tree" && find include -name '*.hpp' | sort); do
	put "$tree/$header" "$header"
	headers=$((headers + 1))
done
say "linux_aio $version${destdir:+, below $destdir}:"
say "$prefix/include/linux_aio ($headers headers)"
put "$tree/lib/liblinux_aio.a" "$libdir/liblinux_aio.a"
say "$prefix/$libdir/liblinux_aio.a"
fill linux_aio.pc pkgconfig
fill linux_aio-config.cmake cmake/linux_aio
fill linux_aio-config-version.cmake cmake/linux_aio
put "$tree/LICENSE" share/doc/linux_aio/LICENSE
say "$prefix/share/doc/linux_aio/LICENSE"
