"""For tests that mean something in some configurations only: a target_compatible_with each."""

# Where nothing is instrumented.
WITHOUT_SANITIZER = select({
    "//bazel/only_with:asan": ["//bazel/only_with:incompatible"],
    "//bazel/only_with:tsan": ["//bazel/only_with:incompatible"],
    "//bazel/only_with:ubsan": ["//bazel/only_with:incompatible"],
    "//conditions:default": [],
})

def only_with(config):
    """A target_compatible_with: Bazel shows the test as SKIPPED in other configurations.

    Args:
      config: as in --config: "clang", "asan", "tsan" or "ubsan"; or "opt", for -c opt.

    Returns:
      the value for target_compatible_with.
    """
    return select({
        "//bazel/only_with:" + config: [],
        "//conditions:default": ["//bazel/only_with:incompatible"],
    })
