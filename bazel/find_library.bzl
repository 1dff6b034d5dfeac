"""find_library: where a distribution has put a library; missing_library: what stands for it elsewhere."""

_MISSING = """\
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "{name}",
    target_compatible_with = ["@linux_aio//bazel/only_with:incompatible"],
    visibility = ["//visibility:public"],
)
"""

def missing_library(name):
    """A BUILD file for a library that is not there: what depends on it is incompatible.

    Args:
      name: of the library.

    Returns:
      the file's text.
    """
    return _MISSING.format(name = name)

def find_library(repository_ctx, prefix, name):
    """Looks in lib/ and, for Debian's lib/x86_64-linux-gnu/, in its folders.

    Args:
      repository_ctx: of the repository rule.
      prefix: as in /usr.
      name: of the file.

    Returns:
      its path, or None.
    """
    folder = repository_ctx.path(prefix + "/lib")
    if not folder.exists:
        return None
    for path in [folder.get_child(name)] + [child.get_child(name) for child in folder.readdir()]:
        if path.exists:
            return path
    return None
