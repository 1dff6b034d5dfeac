"""Google Benchmark as the machine has it, as one library.

Only bench/overhead needs it. Where it is missing, and with LLVM's C++ library, what
depends on it is incompatible: Bazel skips it in a build or test of //..., and says so.
"""

load(":find_library.bzl", "find_library", "missing_library")

_THERE = """\
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "benchmark",
    srcs = ["{library}"],
    hdrs = glob(["benchmark/**"]),
    includes = ["."],
    linkopts = ["-pthread"],
    # It speaks with the C++ library that it was built with.
    target_compatible_with = select({{
        "@linux_aio//bazel/only_with:libcxx": ["@linux_aio//bazel/only_with:incompatible"],
        "//conditions:default": [],
    }}),
    visibility = ["//visibility:public"],
)
"""

def _google_benchmark_impl(repository_ctx):
    prefix = repository_ctx.os.environ.get("LINUX_AIO_BENCHMARK_PREFIX", "/usr")
    headers = repository_ctx.path(prefix + "/include/benchmark")
    for name in ["libbenchmark.a", "libbenchmark.so"]:  # Debian has the second
        library = find_library(repository_ctx, prefix, name)
        if library != None and headers.exists:
            repository_ctx.symlink(library, name)
            repository_ctx.symlink(headers, "benchmark")
            repository_ctx.file("BUILD.bazel", _THERE.format(library = name))
            return
    repository_ctx.file("BUILD.bazel", missing_library("benchmark"))

google_benchmark_repository = repository_rule(
    implementation = _google_benchmark_impl,
    configure = True,
    doc = "Google Benchmark from LINUX_AIO_BENCHMARK_PREFIX, or else /usr.",
    environ = ["LINUX_AIO_BENCHMARK_PREFIX"],
    local = True,
)
