"""What //codegen:fetch does, with a mirror of one small package instead of a network."""

import contextlib
import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from codegen import debian, fetch
from codegen.abis import find_abi
from codegen.tree import find_headers
from tests.codegen.trees import FIXTURE, MAKEFILE, contents

APT_GET = """\
#!/bin/sh
echo "$*" >>"$TEST_ROOT/asked"
case $* in
*indextargets*) cat "$TEST_ROOT/mirrors" ;;
*download*)
	for last; do :; done
	package=${last%%=*}
	[ -e "$TEST_ROOT/$package.deb" ] || {
		echo "W: something" >&2
		echo "E: Version '9.9.1-1' for '$package' was not found" >&2
		exit 100
	}
	cp "$TEST_ROOT/$package.deb" "${package}_9.9.1-1_all.deb"
	;;
esac
"""


class FetchTest(unittest.TestCase):
    """The command, on a cache and a mirror of its own."""

    def setUp(self) -> None:
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.cache = self.root / "cache"
        self.pins = self.root / "pins.toml"
        (self.root / "mirrors").write_text(
            "http://elsewhere Ubuntu Ubuntu\nhttp://here Debian Debian"
        )
        apt_get = self.root / "bin/apt-get"
        apt_get.parent.mkdir()
        apt_get.write_text(APT_GET, encoding="utf-8")
        apt_get.chmod(0o755)
        (apt_get.parent / "apt-cache").write_text('#!/bin/sh\ncat "$TEST_ROOT/known"\n')
        (apt_get.parent / "apt-cache").chmod(0o755)
        (self.root / "known").touch()
        path = f"{apt_get.parent}:{os.environ['PATH']}"
        self.enterContext(mock.patch.dict(os.environ, {"PATH": path, "TEST_ROOT": str(self.root)}))
        self.enterContext(mock.patch.object(debian, "_KEYRING", self.pins))
        self.make_package(MAKEFILE)

    def make_package(self, makefile: str) -> None:
        """Puts a package into the mirror and pins it."""
        source = self.root / "package/usr/src"
        source.mkdir(parents=True, exist_ok=True)
        with tarfile.open(source / "linux-source-9.9.tar.xz", "w:xz") as archive:

            def add(name: str, text: str) -> None:
                member = tarfile.TarInfo(f"linux-source-9.9/{name}")
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text.encode()))

            add("Makefile", makefile)
            add("drivers/many.c", "int much;\n")
            add("fs/aio.c", "SYSCALL_DEFINE1(io_destroy, aio_context_t, ctx)\n")
            add("arch/x86/entry/syscalls/syscall_64.tbl", "207 common io_destroy sys_io_destroy\n")
            add("arch/arm64/kernel/Makefile.syscalls", "syscall_abis_64 += rlimit\n")
            for arch in ("x86", "arm64"):
                for name, text in contents(FIXTURE / "asm").items():
                    add(f"arch/{arch}/include/uapi/asm/{name}", text)
            for folder in ("linux", "asm-generic"):
                for name, text in contents(FIXTURE / folder).items():
                    add(f"include/uapi/{folder}/{name}", text)
        self.pin(self.put_package(self.root / "package"))

    def put_package(self, folder: Path, name: str = "linux-source-9.9") -> str:
        """Puts a package of what a folder holds into the mirror; returns its checksum."""
        (folder / "DEBIAN").mkdir(exist_ok=True)
        (folder / "DEBIAN/control").write_text(
            f"Package: {name}\nVersion: 9.9.1-1\nArchitecture: all\n"
            "Maintainer: nobody <nobody@example.org>\nDescription: a test\n"
        )
        package = self.root / f"{name}.deb"
        subprocess.run(
            ["dpkg-deb", "--build", folder, package], check=True, stdout=subprocess.DEVNULL
        )
        return hashlib.sha256(package.read_bytes()).hexdigest()

    def put_compiler(self, path: str) -> None:
        """Puts a package with a compiler, which lies there, into the mirror and pins it too."""
        pins = self.pins.read_text(encoding="utf-8")
        folder = self.root / "cross"
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text("#!/bin/sh\n")
        (folder / path).chmod(0o755)
        sha256 = self.put_package(folder, "g++-pdp11")
        self.pins.write_text(
            f'{pins}[compiler."pdp11"]\nsuite = "forky"\npackage = "g++-pdp11"\n'
            f'version = "9.9.1-1"\nsha256 = "{sha256}"\n'
        )

    def pin(self, sha256: str) -> None:
        """Pins the package of the kernel to a checksum."""
        self.pins.write_text(
            '[kernel."9.9"]\nsuite = "forky"\npackage = "linux-source-9.9"\n'
            f'version = "9.9.1-1"\nsha256 = "{sha256}"\n'
        )

    def run_command(self, *arguments: str) -> tuple[int, str]:
        """Its exit status and what it says."""
        said = io.StringIO()
        options = ["--cache", str(self.cache), "--pins", str(self.pins)]
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            status = fetch.main([*arguments, *options])
        return status, said.getvalue()

    def refuse(self, *arguments: str) -> str:
        """Expects an error, and no tree or part of one; returns its line."""
        status, said = self.run_command(*arguments)
        self.assertEqual(status, 1, said)
        left = {path.name for path in self.cache.iterdir()} if self.cache.exists() else set()
        self.assertLessEqual(left, {"apt"})
        line = said.splitlines()[-1]
        self.assertTrue(line.startswith("codegen: "), said)
        return line

    def asked(self) -> str:
        """What apt was asked for so far."""
        asked = self.root / "asked"
        return asked.read_text(encoding="utf-8") if asked.exists() else ""

    def test_it_brings_the_headers_of_every_architecture_of_the_source(self) -> None:
        status, said = self.run_command()
        self.assertEqual(status, 0, said)
        self.assertIn("headers of x86 (2 of 2)", said)
        for abi in ("x86_64", "x32", "aarch64_be"):
            find_headers(self.cache / "9.9", find_abi(abi, "test"))
        self.assertEqual({path.name for path in self.cache.iterdir()}, {"apt", "9.9"})
        self.assertEqual(list((self.cache / "9.9").rglob(".*")), [])
        self.assertEqual(list((self.cache / "apt/packages").iterdir()), [])

    def test_it_keeps_what_the_source_says_of_system_calls(self) -> None:
        self.run_command()
        self.assertEqual(
            list(contents(self.cache / "9.9/source")),
            [
                "arch/arm64/kernel/Makefile.syscalls",
                "arch/x86/entry/syscalls/syscall_64.tbl",
                "fs/aio.c",
            ],
        )

    def test_a_tree_of_an_older_fetch_is_made_anew(self) -> None:
        self.run_command()
        label = self.cache / "9.9/pin.json"
        older = {**json.loads(label.read_text(encoding="utf-8")), "kernel": "9.9", "suite": "forky"}
        del older["holds"]
        label.write_text(json.dumps(older), encoding="utf-8")
        (self.cache / "9.9/source/fs/aio.c").unlink()
        status, said = self.run_command()
        self.assertEqual(status, 0, said)
        self.assertIn("an older fetch did not keep the tables of system calls: making it", said)
        self.assertTrue((self.cache / "9.9/source/fs/aio.c").exists())

    def test_it_uses_the_machines_mirror_in_a_configuration_of_its_own(self) -> None:
        self.run_command()
        sources = (self.cache / "apt/debian.sources").read_text(encoding="utf-8")
        self.assertIn("URIs: http://here\nSuites: forky\n", sources)
        self.assertIn("download linux-source-9.9=9.9.1-1\n", self.asked())

    def test_what_is_there_is_left_alone(self) -> None:
        self.run_command()
        asked = self.asked()
        status, said = self.run_command()
        self.assertEqual((status, self.asked()), (0, asked))
        self.assertIn("9.9: there", said)

    def test_another_pin_replaces_what_is_there(self) -> None:
        self.run_command()
        self.make_package(MAKEFILE + "# another\n")
        status, said = self.run_command()
        self.assertEqual(status, 0, said)
        self.assertRegex(said, "9.9: +[0-9]+ s  done")
        self.assertEqual({path.name for path in self.cache.iterdir()}, {"apt", "9.9"})

    def test_a_wrong_checksum(self) -> None:
        self.pin("0123")
        line = self.refuse()
        self.assertIn("linux-source-9.9_9.9.1-1_all.deb: its SHA-256 is ", line)
        self.assertIn(", not 0123, so it was deleted: fetch again", line)
        self.assertEqual(list((self.cache / "apt/packages").iterdir()), [])

    def test_a_package_that_the_mirror_does_not_have(self) -> None:
        (self.root / "linux-source-9.9.deb").unlink()
        line = self.refuse()
        self.assertIn(
            "apt-get: linux-source-9.9 9.9.1-1 of forky cannot be had (E: Version '9.9.1-1'", line
        )
        self.assertIn("pin what the mirror has in codegen/pins.toml", line)

    def test_a_version_that_the_mirror_has_replaced(self) -> None:
        (self.root / "linux-source-9.9.deb").unlink()
        (self.root / "known").write_text(
            "Package: linux-source-9.9\nVersion: 9.9.2-1\nSHA256: 4711\n"
        )
        self.assertEqual(
            self.refuse(),
            "codegen: apt-get: linux-source-9.9 9.9.1-1 of forky is gone: pin what the mirror has "
            'in codegen/pins.toml: version = "9.9.2-1" and sha256 = "4711"',
        )

    def test_one_kernel_that_cannot_be_had_does_not_hinder_another(self) -> None:
        pin = self.pins.read_text(encoding="utf-8")
        self.pins.write_text(pin.replace("9.9", "9.8") + pin)
        status, said = self.run_command()
        self.assertEqual(status, 1)
        self.assertIn("linux-source-9.8", said.splitlines()[-1])
        self.assertEqual({path.name for path in self.cache.iterdir()}, {"apt", "9.9"})

    def test_a_package_that_is_cut_off(self) -> None:
        package = self.root / "linux-source-9.9.deb"
        package.write_bytes(package.read_bytes()[:-1000])
        self.pin(hashlib.sha256(package.read_bytes()).hexdigest())
        self.assertIn("cannot be unpacked", self.refuse())

    def test_a_package_of_something_else(self) -> None:
        (self.root / "other").mkdir()
        self.pin(self.put_package(self.root / "other"))
        self.assertIn("has no archive of a kernel's source", self.refuse())

    def test_headers_that_cannot_be_made(self) -> None:
        self.make_package("headers:\n\t@echo 'x.c:1: error: no rule of that kind' >&2; false\n")
        line = self.refuse()
        self.assertIn("arch/arm64: make headers failed (x.c:1: error: no rule of that kind)", line)

    def test_an_interrupted_fetch_leaves_no_part_and_goes_on(self) -> None:
        with mock.patch.object(fetch, "headers_of_package", side_effect=KeyboardInterrupt):
            status, said = self.run_command()
        self.assertEqual(status, 130)
        self.assertIn("interrupted; what is whole is kept, run it again", said)
        self.assertEqual({path.name for path in self.cache.iterdir()}, {"apt"})
        (self.root / "linux-source-9.9.deb").unlink()  # it is not asked for again
        status, said = self.run_command()
        self.assertEqual(status, 0, said)

    def test_an_interrupted_download_is_asked_for_again(self) -> None:
        part = self.cache / "apt/packages/linux-source-9.9_9.9.1-1_all.deb"
        part.parent.mkdir(parents=True)
        part.write_bytes((self.root / "linux-source-9.9.deb").read_bytes()[:1000])
        status, said = self.run_command()
        self.assertEqual(status, 0, said)
        self.assertIn("download linux-source-9.9=9.9.1-1\n", self.asked())

    def test_it_keeps_the_compiler_of_a_cross_compiler_and_nothing_else(self) -> None:
        self.put_compiler("usr/lib/gcc-cross/pdp11/9/cc1plus")
        (self.root / "linux-source-9.9.deb").unlink()
        status, said = self.run_command("--compilers")
        self.assertEqual(status, 0, said)
        compilers = self.cache / "compilers/pdp11"
        self.assertEqual({path.name for path in compilers.iterdir()}, {"cc1plus", "pin.json"})
        self.assertTrue(os.access(compilers / "cc1plus", os.X_OK))
        self.assertEqual({path.name for path in self.cache.iterdir()}, {"apt", "compilers"})
        self.assertIn("pdp11: there", self.run_command("--compilers")[1])

    def test_it_brings_kernels_and_compilers(self) -> None:
        self.put_compiler("usr/lib/gcc-cross/pdp11/9/cc1plus")
        status, said = self.run_command()
        self.assertEqual(status, 0, said)
        self.assertEqual({path.name for path in self.cache.iterdir()}, {"apt", "9.9", "compilers"})

    def test_a_compiler_whose_checksum_is_wrong(self) -> None:
        self.put_compiler("usr/lib/gcc-cross/pdp11/9/cc1plus")
        (self.root / "g++-pdp11.deb").write_bytes(b"another")
        line = self.refuse("--compilers")
        self.assertIn("g++-pdp11_9.9.1-1_all.deb: its SHA-256 is ", line)

    def test_a_compiler_that_the_mirror_has_replaced(self) -> None:
        self.put_compiler("usr/lib/gcc-cross/pdp11/9/cc1plus")
        (self.root / "g++-pdp11.deb").unlink()
        (self.root / "known").write_text("Package: g++-pdp11\nVersion: 9.9.2-1\nSHA256: 4711\n")
        self.assertIn(
            "g++-pdp11 9.9.1-1 of forky is gone: pin what the mirror has in codegen/pins.toml: "
            'version = "9.9.2-1" and sha256 = "4711"',
            self.refuse("--compilers"),
        )

    def test_a_package_without_a_compiler(self) -> None:
        self.put_compiler("usr/lib/gcc-cross/pdp11/9/cc1")
        self.assertIn("has no cc1plus: pin another package", self.refuse("--compilers"))

    def test_a_machine_whose_apt_knows_no_debian(self) -> None:
        (self.root / "mirrors").write_text("http://elsewhere Ubuntu Ubuntu\n")
        self.assertIn("apt: no Debian mirror in its sources: ", self.refuse())
        status, said = self.run_command("--mirror", "http://there")
        self.assertEqual(status, 0, said)

    def test_a_kernel_that_is_not_pinned(self) -> None:
        self.assertIn(
            "--kernel: no kernel '1.0' is pinned: one of 9.9", self.refuse("--kernel", "1.0")
        )

    def test_a_pin_that_is_none(self) -> None:
        self.pins.write_text('[kernel."9.9"]\nsuite = "forky"\n')
        self.assertIn("pins.toml:1: not a pin (", self.refuse())

    def test_a_file_of_pins_that_is_no_toml(self) -> None:
        self.pins.write_text('[kernel."9.9"\n')
        self.assertIn("pins.toml: Expected ']'", self.refuse())


if __name__ == "__main__":
    unittest.main()
