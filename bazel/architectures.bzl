"""The architectures that are built for: name -> what Bazel and Debian call them."""

def _architecture(cpu, triplet = None):
    return struct(
        constraint = "@platforms//cpu:" + cpu,
        # Of Debian's cross compiler, the package g++-<triplet>.
        triplet = triplet,
    )

ARCHITECTURES = {
    "aarch64": _architecture("aarch64", "aarch64-linux-gnu"),
    "arm": _architecture("arm", "arm-linux-gnueabihf"),
    "i386": _architecture("x86_32", "i686-linux-gnu"),
    # What Debian 12's Bazel knows of POWER is one name for all of it.
    "ppc64le": _architecture("ppc", "powerpc64le-linux-gnu"),
    "riscv64": _architecture("riscv64", "riscv64-linux-gnu"),
    "s390x": _architecture("s390x", "s390x-linux-gnu"),
    "x86_64": _architecture("x86_64"),
}
