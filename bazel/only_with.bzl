"""only_with: for tests that mean something in one configuration only."""

def only_with(config):
    """A target_compatible_with: Bazel shows the test as SKIPPED in other configurations.

    Args:
      config: as in --config: "clang", "asan", "tsan" or "ubsan".

    Returns:
      the value for target_compatible_with.
    """
    return select({
        "//bazel/only_with:" + config: [],
        "//conditions:default": ["//bazel/only_with:incompatible"],
    })
