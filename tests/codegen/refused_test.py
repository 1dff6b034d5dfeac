"""Input that is refused: one clear line, and not a file changed."""

import errno
import itertools
import os
import shutil
import unittest
from pathlib import Path
from unittest import mock

from codegen import documentation
from tests.codegen.trees import TreeTest, contents


class RefusedHeadersTest(TreeTest):
    """Headers that cannot be right. There are facts and output already, which must stay."""

    def setUp(self) -> None:
        super().setUp()
        self.put_made()

    def assert_refused(self, *parts: str, abi: str | None = None) -> None:
        """Expects the line to have all the parts."""
        line = self.refuse_headers(*(["--abi", abi] if abi else []))
        for part in parts:
            self.assertIn(part, line)

    def test_no_folder(self) -> None:
        line = self.refuse("--headers", str(self.root / "nowhere"))
        self.assertIn("nowhere: there is no such folder: give --headers a tree", line)

    def test_no_headers_of_the_abi(self) -> None:
        (self.headers / "include/asm/unistd.h").unlink()
        self.assert_refused(f"{self.headers}: no kernel headers for x86_64", "--abi")

    def test_a_missing_header(self) -> None:
        (self.headers / "include/linux/aio_abi.h").unlink()
        self.assert_refused("include/linux/aio_abi.h: missing, and x86_64 needs it", "complete")

    def test_a_missing_header_that_another_includes(self) -> None:
        (self.headers / "include/asm/posix_types.h").unlink()
        self.assert_refused("linux/types.h:4: 'asm/posix_types.h' file not found", "mend the tree")

    def test_a_header_that_does_not_compile(self) -> None:
        line = self.edit("linux/time_types.h", "long long tv_nsec;", "long long tv_nsec")
        self.assert_refused(f"linux/time_types.h:{line}: expected ';'", "mend the tree")

    def test_a_macro_that_does_not_evaluate(self) -> None:
        line = self.edit("linux/fs.h", "((__kernel_rwf_t)0x00000002)", "(RWF_NEVER_DEFINED)")
        self.assert_refused(
            f"linux/fs.h:{line}: RWF_DSYNC does not evaluate to an integer",
            "'RWF_NEVER_DEFINED'",
            "codegen/symbols.py",
        )

    def test_a_macro_that_is_text(self) -> None:
        line = self.edit("linux/fs.h", "((__kernel_rwf_t)0x00000002)", '"2"')
        self.assert_refused(f"linux/fs.h:{line}: RWF_DSYNC does not evaluate to an integer")

    def test_a_new_macro_with_arguments(self) -> None:
        line = self.edit(
            "linux/fs.h", "#undef RWF_APPEND", "#undef RWF_APPEND\n#define RWF_OF(x) (x)"
        )
        self.assert_refused(
            f"linux/fs.h:{line + 1}: RWF_OF does not evaluate", "leave the symbol out"
        )

    def test_a_value_that_its_type_does_not_hold(self) -> None:
        line = self.edit("asm-generic/poll.h", "0x0001", "0x10000")
        self.assert_refused(f"asm-generic/poll.h:{line}: POLLIN is 65536 on x86_64", "uint16_t")

    def test_a_new_symbol_without_documentation(self) -> None:
        self.edit("linux/fs.h", "#undef RWF_APPEND", "#undef RWF_APPEND\n#define RWF_NEW 0x20")
        self.assert_refused(
            "documentation.toml: nothing about RWF_NEW: describe it under [constants.RWF_NEW]"
        )

    def test_a_new_field_without_documentation(self) -> None:
        self.edit("linux/aio_abi.h", "__u64 aio_buf;", "__u64 aio_buf;\n  __u64 aio_new;")
        line = (
            documentation.FILE.read_text(encoding="utf-8")
            .split("\n")
            .index("[structs.iocb.fields]")
        )
        self.assert_refused(f"documentation.toml:{line + 1}: nothing about iocb::aio_new")

    def test_a_field_of_an_unknown_type(self) -> None:
        line = self.edit("linux/aio_abi.h", "struct iocb {", "struct iocb {\n  float aio_new;")
        self.assert_refused(
            f"aio_abi.h:{line}: iocb::aio_new has the unknown type 'float'", "FIELD_TYPES"
        )

    def test_a_bit_field(self) -> None:
        line = self.edit("linux/aio_abi.h", "__u64 aio_buf;", "__u64 aio_buf : 3;")
        self.assert_refused(f"linux/aio_abi.h:{line}: aio_buf is a bit-field")

    def test_a_struct_that_is_gone(self) -> None:
        self.edit("linux/time_types.h", "struct __kernel_timespec {", "struct other {")
        self.assert_refused("no header defines __kernel_timespec")

    def test_a_layout_that_nothing_explains(self) -> None:
        line = self.edit(
            "linux/aio_abi.h",
            "struct iocb {",
            "struct iocb {\n#ifdef __arm__\n  __u64 aio_reserved2;\n#endif",
        )
        self.assert_refused(
            f"linux/aio_abi.h:{line}: struct iocb has another list of fields on arm than on x86_64",
            "neither byte order nor the kernel's long explains it",
        )

    def test_offsets_that_nothing_explains(self) -> None:
        self.edit(
            "linux/aio_abi.h",
            "struct io_event {\n  __u64 data;",
            "#ifdef __arm__\n#define ODD __attribute__((aligned(32)))\n#else\n#define ODD\n#endif\n"
            "struct io_event {\n  __u64 data;\n  ODD",
        )
        self.assert_refused("struct io_event has another offset of obj on arm than on i386")

    def test_a_constant_on_which_abis_disagree(self) -> None:
        line = self.edit(
            "linux/fs.h",
            "#define RWF_DSYNC ((__kernel_rwf_t)0x00000002)",
            "#ifdef __arm__\n#define RWF_DSYNC 4\n#else\n#define RWF_DSYNC 2\n#endif",
        )
        self.assert_refused(
            f"linux/fs.h:{line + 1}: RWF_DSYNC is 4 on arm, but 2 on x86_64",
            f"linux/fs.h:{line + 3}",
            "codegen/symbols.py",
        )

    def test_no_version(self) -> None:
        (self.headers / "include/linux/version.h").write_text("")
        self.assert_refused("LINUX_VERSION_CODE does not evaluate to an integer")

    def test_an_unknown_abi(self) -> None:
        self.assert_refused(
            "--abi: there is no ABI 'pdp11': use one of x86_64", "abis.py", abi="pdp11"
        )

    def test_numbers_of_another_abi(self) -> None:
        # What an aarch64 compiler finds in a tree that has the asm/ of x86 only.
        self.edit("asm/unistd.h", "#define __NR_io_setup 0\n", "#define __NR_io_setup 206\n")
        self.assert_refused("not the headers of aarch64: __NR_io_setup is 206, not 0", "--abi")

    def test_the_byte_order_of_another_abi(self) -> None:
        self.edit("asm/byteorder.h", "|| defined(__AARCH64EB__)", "")
        self.assert_refused("not the headers of aarch64_be: the byte order", "is little, not big")

    def test_the_word_size_of_another_abi(self) -> None:
        self.edit("asm/bitsperlong.h", "#define __BITS_PER_LONG 32", "#define __BITS_PER_LONG 64")
        self.assert_refused("not the headers of x32: __BITS_PER_LONG is 64, not 32")

    def test_an_abi_that_is_newer_than_the_kernel(self) -> None:
        self.edit("linux/version.h", "MAJOR 7", "MAJOR 6")
        self.assert_refused(
            "version.h:1: Linux 6.1.300 has no loongarch32, which came with Linux 6.19",
            abi="loongarch32",
        )

    def test_a_call_that_the_row_does_not_expect(self) -> None:
        self.edit("asm/unistd.h", "defined(__sh__) || defined(__xtensa__)", "defined(__xtensa__)")
        self.assert_refused("sh has io_pgetevents here, but its row does not know what that enters")

    def test_a_call_that_the_row_expects(self) -> None:
        self.edit("asm/unistd.h", "!(defined(__m68k__)", "!(defined(__arc__) || defined(__m68k__)")
        self.assert_refused("arc has no io_pgetevents here, but its row knows what that enters")

    def test_the_kernels_long_of_another_abi(self) -> None:
        self.edit("asm/posix_types.h", "defined(__ILP32__)", "0")
        self.assert_refused("not the headers of x32: the bits of __kernel_long_t is 32, not 64")

    def test_an_abi_of_another_kernel(self) -> None:
        self.edit("linux/version.h", "SUBLEVEL 300", "SUBLEVEL 301")
        self.assert_refused(
            "linux/version.h:1: x32 is of Linux 7.1.301, but x86_64 of Linux 7.1.300",
            "extract all from one tree",
            abi="x32",
        )


class RefusedFactsTest(TreeTest):
    """Facts that cannot be right."""

    def setUp(self) -> None:
        super().setUp()
        self.put_made()

    def damage(self, kind: str, old: str, new: str) -> int:
        """Replaces the first occurrence in one file of facts; returns its line."""
        path = self.facts / f"{kind}.json"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def test_damaged_json(self) -> None:
        line = self.damage("constants", '"POLLIN": {', '"POLLIN" {')
        self.assertIn(f"constants.json:{line}: no facts", self.refuse())

    def test_a_number_that_is_none(self) -> None:
        line = self.damage(
            "constants", '"POLLIN": {"*": {"7.1": 1}}', '"POLLIN": {"*": {"7.1": []}}'
        )
        self.assertIn(f"constants.json:{line}: [] is no fact", self.refuse())

    def test_a_call_that_is_none(self) -> None:
        self.damage("syscalls", '"io_destroy": ', '"io_permit": ')
        self.assertIn("syscalls.json: facts about io_permit, which is not taken", self.refuse())

    def test_missing_facts(self) -> None:
        self.damage("typedefs", '"aio_context_t": ', '"bio_context_t": ')
        self.assertIn("typedefs.json: no facts about aio_context_t on x86_64", self.refuse())

    def test_a_missing_file(self) -> None:
        (self.facts / "structs.json").unlink()
        self.assertIn("structs.json: cannot read the facts (No such file", self.refuse())

    def test_no_kernels(self) -> None:
        (self.facts / "kernels.json").unlink()
        self.assertIn("kernels.json: missing: restore it with git", self.refuse())

    def test_no_facts_of_an_abi(self) -> None:
        self.damage("kernels", '"without": []', '"without": ["arm"]')
        line = self.refuse()
        self.assertIn("kernels.json: there are no facts of arm: extract them: ./bazelw run", line)
        self.assertTrue(line.endswith("-- --headers DIR --abi arm"), line)

    def test_a_fact_of_an_unknown_abi(self) -> None:
        self.damage("syscalls", '"alpha"', '"pdp11"')
        self.assertIn("there is no ABI 'pdp11'", self.refuse())

    def test_a_kernel_without_an_unknown_abi(self) -> None:
        line = self.damage("kernels", '"without": []', '"without": ["pdp11"]')
        self.assertIn(f"kernels.json:{line}: there is no ABI 'pdp11'", self.refuse())

    def test_a_kernel_that_is_none(self) -> None:
        self.damage("kernels", '"7.1":', '"seven":')
        self.assertIn("kernels.json: not as facts are", self.refuse())

    def test_a_layout_that_nothing_explains(self) -> None:
        offset = '"offset": {"*": {"7.1": 24}}'  # of io_event::res2
        self.damage("structs", offset, '"offset": {"*": {"7.1": 24}, "arm": {"7.1": 28}}')
        self.assertIn("struct io_event has another offset of res2 on arm than on", self.refuse())


class RefusedFoldersTest(TreeTest):
    """Folders that cannot be replaced, and what happens if something fails half way."""

    def setUp(self) -> None:
        super().setUp()
        self.put_made()

    def test_a_file_of_somebody_elses_is_not_deleted(self) -> None:
        (self.output / "notes.txt").write_text("mine")
        self.assertIn("notes.txt: not made by the generator: move it away", self.refuse())

    def test_a_file_of_somebody_elses_among_the_facts_is_not_deleted(self) -> None:
        (self.facts / "notes.txt").write_text("mine")
        self.assertIn("notes.txt: not made by the generator", self.refuse_headers())

    def test_output_that_cannot_be_replaced_leaves_the_facts_too(self) -> None:
        self.edit("linux/version.h", "SUBLEVEL 300", "SUBLEVEL 301")
        (self.output / "notes.txt").write_text("mine")
        self.assertIn("notes.txt: not made by the generator", self.refuse_headers())

    def test_a_file_in_the_place_of_the_folder(self) -> None:
        shutil.rmtree(self.output)
        self.output.write_text("mine")
        self.assertIn("generated: not made by the generator", self.refuse())

    def test_an_interruption_while_writing_leaves_the_old_folder(self) -> None:
        before = contents(self.root)
        with mock.patch.object(Path, "write_text", side_effect=KeyboardInterrupt):
            self.assertRaises(KeyboardInterrupt, self.run_command)
        self.assertEqual(contents(self.root), before)

    def test_a_full_disk_leaves_the_old_folder(self) -> None:
        full = OSError(errno.ENOSPC, "No space left on device")
        with mock.patch.object(Path, "write_text", side_effect=full):
            self.assertIn("generated: cannot be written", self.refuse())

    def test_an_interruption_between_renames_leaves_the_old_folders(self) -> None:
        self.edit("linux/version.h", "SUBLEVEL 300", "SUBLEVEL 301")
        before = contents(self.root)
        rename = os.rename
        for step in (1, 2, 3, 4):  # two folders, each moved away and replaced
            steps = itertools.count(1)

            def interrupted(old: Path, new: Path) -> None:
                # pylint: disable-next=cell-var-from-loop  # called within the turn that made it
                if next(steps) == step:
                    raise KeyboardInterrupt
                rename(old, new)

            with self.subTest(step=step), mock.patch.object(os, "rename", side_effect=interrupted):
                with self.assertRaises(KeyboardInterrupt):
                    self.run_command("--headers", str(self.headers))
                self.assertEqual(contents(self.root), before)


if __name__ == "__main__":
    unittest.main()
