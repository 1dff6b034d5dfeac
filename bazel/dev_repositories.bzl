"""What only linux_aio's own tests and generator need. No consumer loads this."""

load(":catch2.bzl", "catch2_repository")

# buildifier: disable=unnamed-macro
def linux_aio_dev_dependencies():
    """Declares Catch2 and registers the Python that the generator runs on."""
    catch2_repository(name = "linux_aio_catch2")
    native.register_toolchains("//bazel/python:toolchain")
