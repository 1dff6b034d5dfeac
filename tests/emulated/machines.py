"""The machines that QEMU emulates, and what each is called by whom."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """An architecture, and how QEMU is to emulate a machine of it."""

    name: str
    config: str
    """Of Bazel: --config=."""
    debian: str
    """Debian's name of it."""
    qemu: str
    """qemu-system-<this>."""
    package: str
    """The package with that program."""
    options: tuple[str, ...]
    console: str
    """The terminal, as the kernel calls it, that is connected to standard output."""
    disk: str = "virtio-blk-pci"


_SERIAL = ("-serial", "stdio")
# Not with KVM, which would be faster: it hangs on machines that are themselves emulated in part.
_X86 = ("-M", "q35", *_SERIAL)
_STDIO = ("-chardev", "stdio,id=console")

MACHINES = (
    Machine("x86_64", "x86_64", "amd64", "x86_64", "qemu-system-x86", _X86, "ttyS0"),
    Machine(
        "aarch64",
        "aarch64",
        "arm64",
        "aarch64",
        "qemu-system-arm",
        # An a72 has no pages of 16 KiB: on it their kernel stops without a word.
        ("-M", "virt", "-cpu", "cortex-a76", *_SERIAL),
        "ttyAMA0",
    ),
    Machine(
        "armhf",
        "arm",
        "armhf",
        "arm",
        "qemu-system-arm",
        ("-M", "virt,highmem=off", "-cpu", "cortex-a15", *_SERIAL),
        "ttyAMA0",
    ),
    Machine("i386", "i386", "i386", "i386", "qemu-system-x86", _X86, "ttyS0"),
    Machine(
        "riscv64",
        "riscv64",
        "riscv64",
        "riscv64",
        "qemu-system-misc",
        ("-M", "virt", *_SERIAL),
        "ttyS0",
    ),
    Machine(
        "s390x",
        "s390x",
        "s390x",
        "s390x",
        "qemu-system-misc",
        ("-M", "s390-ccw-virtio", *_STDIO, "-device", "sclpconsole,chardev=console"),
        "ttysclp0",
        "virtio-blk-ccw",
    ),
    Machine(
        "ppc64el",
        "ppc64le",
        "ppc64el",
        "ppc64",
        "qemu-system-ppc",
        ("-M", "pseries", "-cpu", "power9", *_STDIO, "-device", "spapr-vty,chardev=console"),
        "hvc0",
    ),
)
