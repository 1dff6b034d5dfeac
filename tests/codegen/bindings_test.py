"""Bindings of somebody's own headers: what is taken, completed, left out and refused.

The headers are those that are installed here, older than the recorded facts as a rule, and copies
of them with one change.
"""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from codegen import bindings_command
from codegen.abis import find_abi
from codegen.bindings import bindings
from codegen.errors import CodegenError
from codegen.extract import extract
from codegen.facts_files import load_history
from codegen.tree import find_headers
from tests.codegen.cached import kernel_trees
from tests.codegen.compiling import GENERATED, compile_for
from tests.codegen.trees import contents

HOST = Path("/usr/include")
X86_64 = find_abi("x86_64", "test")
ROOT = Path(bindings_command.__file__).parents[1]
LABEL = "//third_party:kernel_bindings"
RAW = "linux_aio/raw"


def run_command(output: Path, *arguments: str) -> tuple[int, str]:
    """Runs the command: its exit status and what it says."""
    said = io.StringIO()
    common = ["--facts", str(ROOT / "codegen/facts"), "--asked-by", LABEL]
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        status = bindings_command.main([*arguments, *common, "--output", str(output)])
    return status, said.getvalue()


def without_banner(text: str) -> str:
    """A file without the lines that say what it was made from."""
    return text.split("\n//\n", 1)[1]


def _unused(folder: str, names: list[str]) -> list[str]:
    """The folders that no header which is read needs: most of what there is."""
    return [name for name in names if Path(folder, name).is_dir() and name != "byteorder"]


class BindingsTest(unittest.TestCase):
    """A test that has a copy of this machine's headers, as `make headers_install` arranges them."""

    def setUp(self) -> None:
        try:
            asm = next(
                folder / "asm"
                for folder in find_headers(HOST, X86_64).include_dirs
                if (folder / "asm").is_dir()
            )
        except CodegenError:
            print(f"SKIPPED: no kernel headers of x86_64 in {HOST}: apt-get install linux-libc-dev")
            self.skipTest("no kernel headers")
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.headers = self.root / "headers"
        for folder in (HOST / "linux", HOST / "asm-generic", asm):
            shutil.copytree(folder, self.headers / folder.name, ignore=_unused)

    def edit(self, header: str, old: str, new: str) -> None:
        """Replaces what is in a header exactly once."""
        path = self.headers / header
        text = path.read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1, f"{old!r} in {header}")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def append(self, header: str, line: str) -> None:
        """Adds a line to the end of a header."""
        with (self.headers / header).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def set_version(self, major: int) -> None:
        """Says that the headers are of another kernel."""
        parts = {"MAJOR": major, "PATCHLEVEL": 1, "SUBLEVEL": 0}
        text = f"#define LINUX_VERSION_CODE {major << 16 | 1 << 8}\n"
        text += "".join(f"#define LINUX_VERSION_{part} {n}\n" for part, n in parts.items())
        (self.headers / "linux/version.h").write_text(text, encoding="utf-8")

    def make(self, *abis: str, said: str = "") -> dict[str, str]:
        """The bindings of the headers of this test."""
        output = self.root / "output"
        shutil.rmtree(output, ignore_errors=True)
        names = [word for abi in abis or ("x86_64",) for word in ("--abi", abi)]
        self.assertEqual(run_command(output, "--headers", str(self.headers), *names), (0, said))
        return contents(output)

    def refuse(self, *arguments: str) -> str:
        """Expects one clear line, and no output; returns the line."""
        output = self.root / "output"
        if not arguments:
            arguments = ("--headers", str(self.headers), "--abi", "x86_64")
        status, said = run_command(output, *arguments)
        self.assertEqual(status, 1, said)
        self.assertEqual(said.count("\n"), 1, said)
        self.assertTrue(said.startswith(f"{LABEL}: "), said)
        self.assertFalse(output.exists())
        return said

    def assert_refused(self, *parts: str) -> None:
        """Expects the line to have all the parts."""
        said = self.refuse()
        for part in parts:
            self.assertIn(part, said)


class TakenTest(BindingsTest):
    """Headers that are the kernel's, of whatever version."""

    def test_they_are_the_checked_in_ones_but_for_the_banner(self) -> None:
        for name, text in self.make("x86_64", "x32", "i386").items():
            if name != f"{RAW}/abi.hpp":
                checked_in = (GENERATED / name).read_text(encoding="utf-8")
                self.assertEqual(without_banner(text), without_banner(checked_in), name)

    def test_so_are_those_of_every_known_kernel(self) -> None:
        for tree in kernel_trees().values():
            self.headers = tree
            for name, text in self.make("x86_64", "x32", "aarch64", "mips_o32", "s390x").items():
                if name != f"{RAW}/abi.hpp":
                    checked_in = (GENERATED / name).read_text(encoding="utf-8")
                    self.assertEqual(without_banner(text), without_banner(checked_in), name)

    def test_the_banner_says_of_which_headers_and_target(self) -> None:
        kernel = extract(self.headers, X86_64).kernel
        for name, text in self.make().items():
            first, second = text.split("\n")[:2]
            self.assertIn(f"from the UAPI headers of Linux {kernel}.", first, name)
            self.assertIn(f"Made by {LABEL};", second, name)

    def test_only_the_abis_asked_for_are_there(self) -> None:
        made = self.make("i386", "x86_64")
        self.assertEqual(
            [name for name in made if "/abi/" in name],
            [f"{RAW}/abi/i386.hpp", f"{RAW}/abi/x86_64.hpp"],
        )
        include = "#include <linux_aio/raw/abi.hpp>\n"
        self.assertEqual(compile_for(X86_64.clang, include, changed=made), [])
        said = compile_for(find_abi("aarch64", "test").clang, include, changed=made)
        self.assertIn(
            f"{LABEL} has no bindings for this ABI: " "add it to its abis, which are x86_64, i386",
            said[0],
        )

    def test_a_new_constant_is_there_without_documentation(self) -> None:
        before = self.make()
        self.set_version(99)
        self.append("linux/fs.h", "#define RWF_NEW ((__kernel_rwf_t)0x00010000)")
        after = self.make()
        name = f"{RAW}/abi/x86_64.hpp"
        self.assertNotIn("rwf_new", before[name])
        self.assertIn(
            "\n/// Not documented by this version of linux_aio. Since Linux 99.1 at the latest. "
            "See linux/fs.h.\ninline constexpr kernel_rwf_t rwf_new = 0x00010000;\n",
            after.pop(name),
        )
        code = (
            "#include <linux_aio/raw/abi.hpp>\nstatic_assert(linux_aio::raw::rwf_new == 0x10000);"
        )
        self.assertEqual(compile_for(X86_64.clang, code, changed=self.make()), [])
        for other, text in after.items():
            self.assertEqual(without_banner(text), without_banner(before[other]), other)

    def test_a_mask_grows_with_the_headers(self) -> None:
        self.append("linux/fs.h", "#undef RWF_SUPPORTED\n#define RWF_SUPPORTED 0xffff")
        self.assertIn("rwf_supported = 0x0000ffff;", self.make()[f"{RAW}/constants/rwf.hpp"])

    def test_a_new_macro_that_is_no_number_does_not_matter(self) -> None:
        before = self.make()
        self.append("linux/fs.h", '#define RWF_OF(flag) (flag)\n#define RWF_TEXT "text"')
        self.assertEqual(self.make(), before)

    def test_a_new_constant_that_has_no_room_is_left_out_and_named(self) -> None:
        before = self.make()
        self.append("linux/fs.h", "#define RWF_LARGE 0x100000000")
        lines = (self.headers / "linux/fs.h").read_text(encoding="utf-8").count("\n")
        said = (
            f"{LABEL}: left out: {self.headers}/linux/fs.h:{lines}: RWF_LARGE is 4294967296 on "
            "x86_64, which is no kernel_rwf_t: look at the header; if it is right, give it a wider "
            "type in codegen/symbols.py\n"
        )
        self.assertEqual(self.make(said=said), before)

    def test_another_spelling_of_a_type_does_not_matter(self) -> None:
        before = self.make()
        self.edit("linux/aio_abi.h", "\t__u64\taio_buf;", "\t__aligned_u64\taio_buf;")
        self.assertEqual(self.make(), before)

    def test_each_architecture_may_have_a_tree_of_its_own(self) -> None:
        trees = [self.root / "some" / name for name in ("arm64", "x86")]
        shutil.copytree(self.headers, trees[1])
        shutil.copytree(self.headers, trees[0])
        (trees[0] / "asm/unistd.h").unlink()
        arguments = [word for tree in trees for word in ("--headers", str(tree))]
        output = self.root / "output"
        self.assertEqual(run_command(output, *arguments, "--abi", "x86_64"), (0, ""))
        shutil.rmtree(output)
        self.assertIn(
            "arm64: no kernel headers for aarch64", self.refuse(*arguments, "--abi", "aarch64")
        )
        said = self.refuse(*arguments, "--abi", "s390x")
        self.assertIn("none of which is for s390x: put one below a folder called s390", said)

    def test_the_place_and_the_hash_seed_do_not_matter(self) -> None:
        made = []
        for folder, seed in (("one", "1"), ("another, with ünïcode", "4711")):
            here = self.root / folder
            here.mkdir()
            (here / "kernel").symlink_to(self.headers)
            subprocess.run(
                [
                    *[sys.executable, "-m", "codegen.bindings_command", "--headers", "kernel"],
                    *["--abi", "x86_64", "--facts", str(ROOT / "codegen/facts")],
                    *["--asked-by", LABEL, "--output", "made"],
                ],
                cwd=here,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
                check=True,
            )
            made.append(contents(here / "made"))
        self.assertEqual(made[0], made[1])
        self.assertEqual(len(made[0]), 9)


class RefusedTest(BindingsTest):
    """Headers that contradict the record, and requests that cannot be met."""

    def test_another_value_of_a_constant(self) -> None:
        self.edit("linux/fs.h", "((__kernel_rwf_t)0x00000002)", "0x20")
        self.assert_refused(
            f"{self.headers}/linux/fs.h:",
            "constant.RWF_DSYNC is 32 on x86_64, but 2 in the recorded facts (",
            "codegen/facts/constants.json:",
            "take a linux_aio that knows its kernel",
        )

    def test_another_value_of_a_constant_that_is_newer_than_the_headers(self) -> None:
        self.append("linux/fs.h", "#undef RWF_ATOMIC\n#define RWF_ATOMIC 0x80")
        self.assert_refused("constant.RWF_ATOMIC is 128 on x86_64, but 64 in the recorded facts")

    def test_a_mask_that_lost_what_it_had(self) -> None:
        self.append("linux/fs.h", "#undef RWF_SUPPORTED\n#define RWF_SUPPORTED 0x8001")
        self.assert_refused("constant.RWF_SUPPORTED is 32769 on x86_64")

    def test_another_number_of_a_call(self) -> None:
        self.edit("asm/unistd_64.h", "__NR_io_submit 209", "__NR_io_submit 210")
        self.assert_refused(
            f"{self.headers}/asm/unistd_64.h:", "syscall.io_submit is 210 on x86_64, but 209"
        )

    def test_the_numbers_of_another_abi(self) -> None:
        self.edit("asm/unistd_64.h", "__NR_io_setup 206", "__NR_io_setup 245")
        self.assert_refused(
            f"{self.headers}/asm/unistd_64.h:",
            "not the headers of x86_64: __NR_io_setup is 245, not 206: name with abis what",
        )

    def test_a_field_that_moved(self) -> None:
        self.edit(
            "linux/aio_abi.h",
            "\t__u64\taio_buf;\n\t__u64\taio_nbytes;",
            "\t__u64\taio_nbytes;\n\t__u64\taio_buf;",
        )
        self.assert_refused(
            f"{self.headers}/linux/aio_abi.h:",
            "struct.iocb.aio_nbytes.offset is 24 on x86_64, but 32 in the recorded facts (",
            "codegen/facts/structs.json:",
        )

    def test_a_field_that_got_a_sign(self) -> None:
        self.edit("linux/aio_abi.h", "\t__u64\taio_buf;", "\t__s64\taio_buf;")
        self.assert_refused("struct.iocb.aio_buf.type is __s64 on x86_64, but __u64")

    def test_a_field_that_is_gone(self) -> None:
        self.edit("linux/aio_abi.h", "\t__u64\taio_buf;", "\t__u64\taio_other;")
        self.assert_refused("struct.iocb.aio_buf is missing on x86_64, but is in the recorded")

    def test_an_unknown_abi(self) -> None:
        said = self.refuse("--headers", str(self.headers), "--abi", "x86-64")
        self.assertIn("abis: there is no ABI 'x86-64': use one of x86_64, x32, ", said)

    def test_an_abi_that_the_kernel_does_not_have_yet(self) -> None:
        self.set_version(2)
        said = self.refuse("--headers", str(self.headers), "--abi", "x32")
        self.assertIn("has no x32, which came with Linux 3.4: name with abis what this", said)

    def test_no_headers(self) -> None:
        (self.root / "empty").mkdir()
        said = self.refuse("--headers", str(self.root / "empty"), "--abi", "x86_64")
        self.assertIn("empty: no kernel headers for x86_64 here", said)
        self.assertIn("give kernel_headers another tree", said)


class RecordedTest(unittest.TestCase):
    """The facts of the known kernels as if they had just been read: no headers are needed."""

    def test_every_kernel_agrees_with_the_record_of_all(self) -> None:
        history = load_history(ROOT / "codegen/facts")
        newest, _ = bindings(list(history.newest().values()), history, LABEL)
        for kernel in history.kernels:
            fresh = list(history.of_kernel(kernel).values())
            model, left_out = bindings(fresh, history, LABEL)
            self.assertEqual(left_out, [])
            self.assertEqual(model.groups, newest.groups)
            self.assertEqual(model.structs, newest.structs)
            self.assertEqual(
                model.abis,
                tuple(abi for abi in newest.abis if abi.row.name in history.of_kernel(kernel)),
            )

    def test_headers_of_two_kernels_are_not_mixed(self) -> None:
        history = load_history(ROOT / "codegen/facts")
        mixed = [history.of_kernel("6.1")["x86_64"], history.of_kernel("6.12")["i386"]]
        with self.assertRaisesRegex(
            CodegenError, "i386 is of Linux 6.12.*, but x86_64 of Linux 6.1"
        ):
            bindings(mixed, history, LABEL)


if __name__ == "__main__":
    unittest.main()
