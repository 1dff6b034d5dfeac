"""Programs that measure libaio and io_uring where they are installed."""

load("@rules_cc//cc:defs.bzl", "cc_binary")

# Of the programs and of the libraries that are parts of them.
COPTS = [
    "-std=c++23",
    "-fno-exceptions",
    "-fno-rtti",
    "-D_FILE_OFFSET_BITS=64",
]

def cc_binary_with_peers(name, deps, visibility, **kwargs):
    """The program, and NAME_without_peers for tests: as it is where neither of them is.

    Args:
      name: of the program
      deps: without libaio and liburing
      visibility: of both
      **kwargs: of cc_binary; copts are set
    """
    cc_binary(
        name = name,
        copts = COPTS,
        visibility = visibility,
        deps = deps + [
            "@linux_aio_libaio//:libaio",
            "@linux_aio_liburing//:liburing",
        ],
        **kwargs
    )
    cc_binary(
        name = name + "_without_peers",
        testonly = True,
        copts = COPTS,
        visibility = visibility,
        deps = deps,
        **kwargs
    )
