"""Where a tree of kernel headers keeps the files of one ABI.

Four shapes are understood; `DIR` may be the root of the first three or their include folder:

  an installed system         DIR/usr/include/{linux,asm-generic}, DIR/usr/include/TRIPLET/asm
  one package for all         DIR/usr/include/{linux,asm-generic}, DIR/usr/lib/linux/uapi/ARCH/asm
  a cross package             DIR/usr/TRIPLET/include/{linux,asm-generic,asm}
  `make headers_install`      DIR/include/{linux,asm-generic,asm}, for one architecture
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codegen.abi import Abi
from codegen.errors import CodegenError
from codegen.symbols import OPTIONAL_HEADERS, REQUIRED_HEADERS


@dataclass(frozen=True)
class Headers:
    """The headers of one ABI."""

    include_dirs: tuple[Path, ...]
    """Where clang is to look, in this order."""
    names: tuple[str, ...]
    """What is there to be included."""


def find_headers(root: Path, abi: Abi) -> Headers:
    """The headers of `abi` in the tree at `root`."""
    if not root.is_dir():
        raise CodegenError(
            root, "there is no such folder", "give --headers a tree of kernel headers"
        )
    for folders in _candidates(root, abi):
        if _find(folders, "asm/unistd.h") and _find(folders, "linux/types.h"):
            break
    else:
        looked_for = f"{abi.kernel_arch}/asm, {' or '.join(abi.triplets)}/asm, asm"
        raise CodegenError(
            root,
            f"no kernel headers for {abi.name} here (looked for linux/ beside {looked_for})",
            "give --headers another tree, or name with --abi the ABIs that this one has",
        )
    for name in REQUIRED_HEADERS:
        if not _find(folders, name):
            searched = ", ".join(str(folder) for folder in folders)
            raise CodegenError(
                folders[-1] / name,
                f"missing, and {abi.name} needs it (searched {searched})",
                "complete the tree, or give --headers another",
            )
    optional = tuple(name for name in OPTIONAL_HEADERS if _find(folders, name))
    return Headers(include_dirs=folders, names=REQUIRED_HEADERS + optional)


def _find(folders: tuple[Path, ...], name: str) -> bool:
    return any((folder / name).is_file() for folder in folders)


def _candidates(root: Path, abi: Abi) -> Iterator[tuple[Path, ...]]:
    """Include paths that may be the ABI's, those that name the architecture first."""
    bases = (root, root / "include", root / "usr/include")
    for base in bases:
        yield (base.parent / "lib/linux/uapi" / abi.kernel_arch, base)
    for triplet in abi.triplets:
        for base in bases:
            yield (base / triplet, base)
        for base in (root / triplet / "include", root / "usr" / triplet / "include"):
            yield (base,)
    for base in bases:
        yield (base,)
