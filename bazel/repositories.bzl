"""What a workspace that uses linux_aio calls from its WORKSPACE file."""

load(":debian.bzl", "debian_bazel_repositories")

# buildifier: disable=unnamed-macro
def linux_aio_dependencies():
    """Declares what linux_aio itself needs: nothing but Bazel's own rules."""
    debian_bazel_repositories()
