"""What only linux_aio's own tests, generator, examples and benchmarks need. No consumer loads this."""

load(":asio.bzl", "asio_repository")
load(":catch2.bzl", "catch2_repository")
load(":google_benchmark.bzl", "google_benchmark_repository")
load(":peers.bzl", "peer_repository")

_HOST_HEADERS = """
filegroup(
    name = "all",
    srcs = glob(["linux/**", "asm-generic/**", "*-linux-gnu*/asm/**"]),
    visibility = ["//visibility:public"],
)
"""

# buildifier: disable=unnamed-macro
def linux_aio_dev_dependencies():
    """Declares what the tests, examples and benchmarks rest on; registers Python and the cross compilers."""
    asio_repository(name = "linux_aio_asio")
    catch2_repository(name = "linux_aio_catch2")
    google_benchmark_repository(name = "linux_aio_google_benchmark")
    peer_repository(
        name = "linux_aio_libaio",
        headers = ["libaio.h"],
        library = "libaio",
    )
    peer_repository(
        name = "linux_aio_liburing",
        headers = [
            "liburing",
            "liburing.h",
        ],
        library = "liburing",
    )
    native.new_local_repository(
        name = "linux_aio_host_headers",
        build_file_content = _HOST_HEADERS,
        path = "/usr/include",
    )
    native.register_toolchains(
        "//bazel/python:toolchain",
        "//bazel/toolchains:all",
    )
