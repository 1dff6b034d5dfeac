"""The kernels are pinned, unpacked, and kept as QEMU takes them."""

import gzip
import lzma
import os
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from codegen.errors import CodegenError
from tests.emulated import kernels
from tests.emulated.kernels import Kernel, load_kernels, unwrapped
from tests.emulated.machines import MACHINES

CONTROL = """\
Package: linux-image-9.9
Version: 9.9.1-1
Architecture: all
Maintainer: nobody <nobody@example.org>
Description: a test
"""
PIN = (
    '[{}."9.9"]\nsuite = "forky"\nversion = "9.9.1-1"\n[{}."9.9".sha256]\n"linux-image-9.9" = "0"\n'
)


class PinsTest(unittest.TestCase):
    """kernels.toml, and files like it."""

    def load(self, text: str) -> tuple[Kernel, ...]:
        """The kernels of a file with this text."""
        path = Path(self.enterContext(tempfile.TemporaryDirectory()), "kernels.toml")
        path.write_text(text, encoding="utf-8")
        return load_kernels(path)

    def test_every_machine_has_a_kernel_and_x86_64_those_of_four_series(self) -> None:
        known = load_kernels()
        self.assertEqual({one.machine for one in known}, set(MACHINES))
        of_x86_64 = {one.name for one in known if one.machine.name == "x86_64"}
        self.assertLessEqual({"5.10", "6.1", "6.12", "7.2"}, of_x86_64)

    def test_a_machine_that_there_is_not_is_an_error_with_its_line(self) -> None:
        with self.assertRaisesRegex(CodegenError, "kernels.toml:1: no machine 'vax'"):
            self.load(PIN.format("vax", "vax"))

    def test_a_pin_that_lacks_something_is_an_error_with_its_line(self) -> None:
        text = PIN.format("s390x", "s390x").replace('suite = "forky"\n', "")
        with self.assertRaisesRegex(CodegenError, r"kernels.toml:1: not a pin \('suite'\)"):
            self.load(text)


class ImageTest(unittest.TestCase):
    """An image that unpacks itself, which QEMU does not let it."""

    def test_an_image_is_unwrapped_however_it_is_packed(self) -> None:
        for packing, packed in ((b"gzip", gzip.compress(b"it")), (b"xz", lzma.compress(b"it"))):
            with self.subTest(packing):
                head = b"MZ\0\0zimg" + struct.pack("<II", 64, len(packed)) + bytes(8)
                image = (head + packing).ljust(64, b"\0") + packed + b"signature"
                self.assertEqual(unwrapped(image, Path("package")), b"it")

    def test_another_packing_is_named(self) -> None:
        image = b"MZ\0\0zimg" + bytes(16) + b"lzma9" + bytes(40)
        with self.assertRaisesRegex(CodegenError, "package: its kernel is packed with lzma9"):
            unwrapped(image, Path("package"))

    def test_any_other_image_stays_as_it_is(self) -> None:
        self.assertEqual(unwrapped(b"\x7fELF image", Path("package")), b"\x7fELF image")


class FetchTest(unittest.TestCase):
    """The way of a package into the cache, with the tools that order modules made of scripts."""

    def setUp(self) -> None:
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.cache = self.root / "cache"
        (self.kernel,) = (one for one in load_kernels() if str(one) == "s390x 6.12")
        source = self.root / "package"
        for name, content in (
            ("DEBIAN/control", CONTROL.encode()),
            ("boot/vmlinuz-9.9", b"the image"),
            ("lib/modules/9.9/kernel/fs/ext4/ext4.ko.xz", lzma.compress(b"ext4")),
            ("lib/modules/9.9/kernel/fs/jbd2/jbd2.ko", b"jbd2"),
            ("lib/modules/9.9/kernel/sound/much.ko", b"much"),
        ):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(content)
        (self.root / "bin").mkdir()
        self.put_tool("depmod", "")
        lines = "".join(
            f"echo insmod $2/lib/modules/9.9/kernel/fs/{name} && "
            for name in ("jbd2/jbd2.ko", "ext4/ext4.ko.xz")
        )
        self.put_tool("modprobe", f'case $* in *" ext4") {lines} : ;; *) exit 1 ;; esac')
        path = f"{self.root}/bin:{os.environ['PATH']}"
        self.enterContext(mock.patch.dict(os.environ, {"PATH": path}))
        self.apt = self.enterContext(mock.patch.object(kernels, "Apt")).return_value
        self.apt.download.side_effect = lambda _: self.build()

    def put_tool(self, name: str, script: str) -> None:
        """Puts a script where tools are looked for first."""
        path = self.root / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def build(self) -> Path:
        """The package, as apt would have downloaded it."""
        package = self.root / "kernel.deb"
        command = ["dpkg-deb", "--build", str(self.root / "package"), str(package)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return package

    def fetch(self) -> None:
        """Brings it into the cache, from a mirror that nobody asks."""
        self.kernel.fetch(self.cache, "http://here", lambda _: None)

    def test_the_image_and_the_modules_are_kept_in_the_order_to_load_them(self) -> None:
        self.fetch()
        place = self.kernel.place(self.cache)
        self.assertEqual((place / "image").read_bytes(), b"the image")
        modules = sorted((place / "modules").iterdir())
        self.assertEqual([one.name for one in modules], ["00 jbd2.ko", "01 ext4.ko"])
        self.assertEqual(modules[1].read_bytes(), b"ext4")

    def test_what_is_there_is_not_fetched_again_and_no_package_is_kept(self) -> None:
        self.fetch()
        self.assertFalse((self.root / "kernel.deb").exists())
        self.fetch()
        self.assertEqual(self.apt.download.call_count, len(self.kernel.packages))

    def test_a_package_without_a_kernel_is_refused_and_leaves_nothing(self) -> None:
        (self.root / "package/boot/vmlinuz-9.9").unlink()
        with self.assertRaisesRegex(CodegenError, "has 0 kernels"):
            self.fetch()
        self.assertFalse(self.kernel.is_in(self.cache))
        self.assertEqual(list(self.cache.glob(".*")), [])


if __name__ == "__main__":
    unittest.main()
