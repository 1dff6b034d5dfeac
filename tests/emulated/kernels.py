"""The kernels that are booted: pinned packages, of which the image and a few modules are kept."""

import gzip
import lzma
import struct
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.cache import put_labelled, read_label
from codegen.debian import Apt, contents, find_mirror
from codegen.errors import CodegenError, locate
from codegen.pins import Package, load_toml

from tests.emulated.machines import MACHINES, Machine
from tests.emulated.tools import output_of, tool

FILE = Path(__file__).parent / "kernels.toml"
_PINS = "tests/emulated/kernels.toml"

_MODULES = ("virtio_pci", "virtio_mmio", "virtio_blk", "crc32c", "ext4")
"""What a disk with ext4 needs, unless the kernel has it built in."""

_UNPACKED = (
    *("arch/", "crypto/", "lib/", "fs/ext4/", "fs/jbd2/", "fs/mbcache"),
    *("drivers/virtio/", "drivers/block/virtio_blk"),
)
"""Where these and what they need lie; the other thousands stay packed."""


@dataclass(frozen=True)
class Kernel:
    """A kernel for one machine."""

    machine: Machine
    name: str
    """Its series, and how it differs from Debian's usual one: 6.12-64k."""
    packages: tuple[Package, ...]

    def __str__(self) -> str:
        return f"{self.machine.name} {self.name}"

    def place(self, cache: Path) -> Path:
        """Where it is kept."""
        return cache / f"{self.machine.name}-{self.name}"

    def is_in(self, cache: Path) -> bool:
        """Whether it is there, whole, and of the packages that are pinned now."""
        return read_label(self.place(cache)) == self._label()

    def fetch(self, cache: Path, mirror: str | None, say: Callable[[str], None]) -> None:
        """Brings it into the cache."""
        if self.is_in(cache):
            return
        cache.mkdir(parents=True, exist_ok=True)
        apt = Apt(
            cache / f"apt-{self.machine.debian}",
            mirror or find_mirror(),
            sorted({package.suite for package in self.packages}),
            _PINS,
            self.machine.debian,
        )
        with tempfile.TemporaryDirectory(dir=cache, prefix=".kernel.") as folder:
            files = []
            for package in self.packages:
                say(f"downloading {package}")
                files.append(apt.download(package))
            say("unpacking it")
            made = _unpack(files, Path(folder))
            put_labelled(self.place(cache), self._label(), made, Path(folder))
        for file in files:
            file.unlink()

    def _label(self) -> dict[str, object]:
        return {"modules": list(_MODULES), "sha256": [one.sha256 for one in self.packages]}


def load_kernels(path: Path = FILE) -> tuple[Kernel, ...]:
    """All kernels, in the file's order."""
    data = load_toml(path)
    kernels = []
    for machine in MACHINES:
        for name, values in data.pop(machine.name, {}).items():
            try:
                packages = tuple(
                    Package(values["suite"], package, values["version"], sha256)
                    for package, sha256 in values["sha256"].items()
                )
            except (KeyError, TypeError, AttributeError) as error:
                where = locate(path, f'[{machine.name}."{name}"]')
                raise CodegenError(
                    where, f"not a pin ({error})", "give suite, version and sha256 by package"
                ) from error
            kernels.append(Kernel(machine, name, packages))
    for name in data:
        known = ", ".join(machine.name for machine in MACHINES)
        raise CodegenError(locate(path, f"[{name}."), f"no machine '{name}'", f"one of {known}")
    return tuple(kernels)


def _unpack(packages: Sequence[Path], folder: Path) -> Path:
    """Makes a folder of the image and the modules, numbered in the order to load them in."""
    made = folder / "kernel"
    (made / "modules").mkdir(parents=True)
    for package in packages:
        _extract(package, folder / "package")
    image = [path for path in (folder / "package").rglob("vmlinu*") if path.is_file()]
    if len(image) != 1:
        raise CodegenError(packages[0], f"has {len(image)} kernels", "pin another package")
    (made / "image").write_bytes(unwrapped(image[0].read_bytes(), packages[0]))
    for number, module in enumerate(_modules_in_order(folder / "package")):
        name = module.name.removesuffix(".xz")
        data = module.read_bytes()
        packed = module.suffix == ".xz"
        (made / "modules" / f"{number:02} {name}").write_bytes(
            lzma.decompress(data) if packed else data
        )
    return made


def _extract(package: Path, folder: Path) -> None:
    with contents(package) as archive:
        for member in archive:
            name = member.name.removeprefix("./").removeprefix("usr/")
            _, _, in_kernel = name.partition("/kernel/")
            is_image = Path(name).name.startswith("vmlinu")
            if member.isfile() and (is_image or in_kernel.startswith(_UNPACKED)):
                member.name = name
                archive.extract(member, folder)


def unwrapped(image: bytes, asked_by: Path) -> bytes:
    """The kernel itself, if the image is one that its EFI stub would unpack: QEMU does not."""
    if image[4:8] != b"zimg":
        return image
    offset, size = struct.unpack_from("<II", image, 8)
    packing = image[24:32].rstrip(b"\0").decode("ascii", errors="replace")
    packed = image[offset : offset + size]
    if packing == "gzip":
        return gzip.decompress(packed)
    if packing == "xz":
        return lzma.decompress(packed)
    if packing.startswith("zstd"):
        return output_of(["zstd", "-dc"], "zstd", packed)
    raise CodegenError(asked_by, f"its kernel is packed with {packing}", "teach kernels.py that")


def _modules_in_order(folder: Path) -> Sequence[Path]:
    """The files of all modules that are needed, each after what it needs."""
    version = next((path.name for path in (folder / "lib/modules").glob("*")), "")
    output_of(["depmod", "-b", str(folder), version], "kmod")
    modprobe = tool("modprobe", "kmod")
    found: dict[Path, None] = {}
    for module in _MODULES:
        command = [modprobe, "-d", str(folder), "-S", version, "--show-depends", module]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        for line in done.stdout.splitlines():  # nothing, if the kernel has it built in
            action, _, rest = line.partition(" ")
            if action == "insmod":
                found[Path(rest.split()[0])] = None
    return list(found)
