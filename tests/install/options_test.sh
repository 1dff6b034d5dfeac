#!/bin/bash
# What //:install writes, and what it says to somebody who asks for the wrong thing.
. tests/install/installed.sh

# says TEXT ARGUMENT...: it ends with an error, which has the text, and writes nothing.
says() {
	local text=$1 said
	shift
	if said=$(./install "$@" 2>&1); then fail "install $* succeeds"; fi
	[[ $said == *"$text"* ]] || fail "install $* says: $said"
}

[[ $(./install --help) == *--libdir* ]] || fail "no help"
says 'no --prefix'
says '--prefix needs a folder' --prefix
says '--prefix needs a folder' --prefix=
says 'there is no option --perfix' --perfix /usr
says 'cannot write to /proc/linux_aio' --prefix /proc/linux_aio
says 'is not a folder below the prefix' --prefix "$TEST_TMPDIR/none" --libdir /lib
says 'is not a folder below the prefix' --prefix "$TEST_TMPDIR/none" --libdir ../lib
[ ! -e "$TEST_TMPDIR/none" ] || fail "it writes in spite of an error"

# tree FOLDER: its files, with their modes and contents.
tree() { (cd "$1" && find . -type f -printf '%m ' -exec sha256sum {} \; | sort -k 3); }

one=$TEST_TMPDIR/one
said=$(./install --prefix "$one")
tree "$one" >"$TEST_TMPDIR/tree"
./install --prefix "$one" >/dev/null
tree "$one" | diff "$TEST_TMPDIR/tree" - || fail "installing again changes something"
while read -r path; do
	[ -e "$path" ] || fail "it says $path, which is not there"
done < <(sed -nE 's/^install: (\/[^ ]*).*/\1/p' <<<"$said")
[ "$(wc -l <<<"$said")" -eq 7 ] || fail "it does not say what is installed: $said"
for header in linux_aio linux_aio/raw linux_aio/raw/abi linux_aio/detail/engine; do
	case $header in */*) path=include/$header.hpp ;; *) path=include/linux_aio/$header.hpp ;; esac
	[ -f "$one/$path" ] || fail "$path is not installed"
done

# From the folder where the user is.
(cd "$TEST_TMPDIR" && mkdir user)
BUILD_WORKING_DIRECTORY=$TEST_TMPDIR/user ./install --prefix two >/dev/null
diff -r "$one" "$TEST_TMPDIR/user/two" || fail "a relative prefix gives something else"

# A package: below the folder of its maker, without a word of it.
./install --destdir "$TEST_TMPDIR/package" --prefix /usr --libdir lib/x86_64-linux-gnu/ >/dev/null
[ -f "$TEST_TMPDIR/package/usr/lib/x86_64-linux-gnu/liblinux_aio.a" ] || fail "--destdir or --libdir is ignored"
diff -r "$one/include" "$TEST_TMPDIR/package/usr/include"

# No path of the machine that built it is in a file, the static library included.
for path in "$TEST_TMPDIR" "${TEST_SRCDIR%%/bazel-out/*}" /sandbox/ /execroot/; do
	if grep -rlF -- "$path" "$TEST_TMPDIR/package" "$one"; then fail "these files have the path $path"; fi
done
if strings -a "$one/lib/liblinux_aio.a" | grep -E '^/(home|root|tmp)/'; then fail "a path is in the library"; fi
