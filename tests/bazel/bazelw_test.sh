#!/bin/bash
# What bazelw would install for which command line, on a machine with nothing but a shell.
set -u
failures=0
root=$(mktemp -d -p "$TEST_TMPDIR")
cp bazelw "$root"
mkdir -p "$root"/{examples,tests/safe,bin}
for tool in cut dirname id readlink sh sort; do
	ln -s "$(command -v "$tool")" "$root/bin"
done

# needs PACKAGES FOLDER ARGUMENT...: in the folder of the workspace.
needs() {
	local want=$1 folder=$2 said status
	shift 2
	said=$(cd "$root/$folder" && env -i PATH="$root/bin" LINUX_AIO_NO_INSTALL=1 \
		LINUX_AIO_PYTHON=/none LINUX_AIO_ASIO_PREFIX=/none LINUX_AIO_CATCH2_PREFIX=/none LINUX_AIO_KEYRINGS=/none \
		LINUX_AIO_PEERS_PREFIX=/none LINUX_AIO_SBIN=/none LINUX_AIO_BENCHMARK_PREFIX=/none "$root/bazelw" "$@" 2>&1)
	status=$?
	if [ "$status" -eq 0 ] || [[ $said != *"install --no-install-recommends $want"* ]] ||
		[[ $said != *"LINUX_AIO_NO_INSTALL is set: $want"$'\n'* ]]; then
		printf 'bazelw %s\n  should lack %s; it ended with %s and said\n%s\n' "$*" "$want" "$status" "$said"
		failures=$((failures + 1))
	fi
}

library="bazel-bootstrap g++"
generator="bazel-bootstrap g++ python3-clang python3-jinja2"
tests="bazel-bootstrap catch2 g++ libasio-dev python3-clang python3-jinja2"
emulated="bazel-bootstrap cpio debian-archive-keyring e2fsprogs g++ kmod"

needs bazel-bootstrap . info
needs bazel-bootstrap . --batch version
needs "$library" . run //examples:copy -- source/file destination
needs "$library" . run -c opt //examples:copy
needs "bazel-bootstrap g++ libasio-dev" . run //examples:asio_loop -- file
needs "bazel-bootstrap g++ libaio-dev liburing-dev python3-jinja2" . run -c opt //bench:experiment -- --quick
needs "bazel-bootstrap g++ libaio-dev libbenchmark-dev liburing-dev" . run -c opt //bench:overhead -- --help
needs "bazel-bootstrap g++ libaio-dev liburing-dev" . run -c opt //bench:device -- /some/file --quick
needs "bazel-bootstrap g++ libaio-dev libbenchmark-dev liburing-dev python3-jinja2" . build //bench:all
needs "$library" . build //:linux_aio
needs "$library" examples build :copy
needs "$library" tests/safe build //examples/...
needs "$generator" . run //codegen:regenerate
needs "bazel-bootstrap debian-archive-keyring g++ make python3-clang python3-jinja2" . run //codegen:fetch
needs "$emulated qemu-system-arm zstd" . run //tests/emulated -- --arch aarch64
needs "$emulated qemu-system-arm qemu-system-misc qemu-system-ppc qemu-system-x86 zstd" . run //tests/emulated -- --matrix
needs "$tests" . test //...
needs "$tests" . test ...
needs "$tests" . test -- //... -//codegen/...
needs "$tests" tests test safe:all
needs "$tests" . query 'deps(//tests/...)'
needs "bazel-bootstrap catch2 clang-19 g++ libasio-dev python3-clang python3-jinja2" . test --config=clang //...
needs "bazel-bootstrap catch2 clang-21 g++ libasio-dev python3-clang python3-jinja2" . test --config=clang-21 //...
needs "bazel-bootstrap clang-19 clang-tidy-19 g++" . build --config=tidy //:raw
needs "bazel-bootstrap g++ g++-aarch64-linux-gnu" . build --config=aarch64 //:linux_aio
needs "bazel-bootstrap g++ g++-arm-linux-gnueabihf" . build --config=arm //:linux_aio
needs "bazel-bootstrap g++ g++-i686-linux-gnu" . build --config=i386 //:linux_aio
needs "bazel-bootstrap g++ g++-powerpc64le-linux-gnu" . build --config=ppc64le //:linux_aio

[ "$failures" -eq 0 ]
