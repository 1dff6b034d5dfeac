"""Packages of suites that the machine's own apt does not have, without touching its apt.

The mirror is the machine's own, or the one that is named; configuration and state are of our own.
apt checks the suite's signature, and here the package is held against its pin.
"""

import contextlib
import hashlib
import lzma
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from codegen.errors import CodegenError
from codegen.pins import Package

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def find_mirror() -> str:
    """The Debian mirror in the machine's apt sources."""
    known = _run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(LABEL)"],
        "no apt that can be asked for a mirror",
        "name one: --mirror URL",
    )
    for line in known.splitlines():
        uri, *names = line.split()
        if names == ["Debian", "Debian"]:
            return uri
    raise CodegenError(
        "apt", "no Debian mirror in its sources", "run apt-get update, or name one: --mirror URL"
    )


@contextlib.contextmanager
def contents(package: Path) -> Iterator[tarfile.TarFile]:
    """What is in a package, to be read from its beginning on."""
    try:
        with subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE
        ) as dpkg, tarfile.open(fileobj=dpkg.stdout, mode="r|") as archive:
            yield archive
    except (OSError, tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise CodegenError(package, f"cannot be unpacked ({error})", "fetch again") from error


class Apt:
    """An apt of our own, with its state in a folder."""

    def __init__(  # pylint: disable=too-many-arguments  # what apt is told
        self,
        folder: Path,
        mirror: str,
        suites: Sequence[str],
        pins: str = "codegen/pins.toml",
        architecture: str = "amd64",
    ) -> None:
        """`pins` is the file for errors to name, in the sources."""
        if not _KEYRING.exists():
            raise CodegenError(_KEYRING, "missing", "apt-get install debian-archive-keyring")
        self._packages = folder / "packages"
        self._pins = pins
        for needed in ("state/lists/partial", "cache/archives/partial", "packages"):
            (folder / needed).mkdir(parents=True, exist_ok=True)
        (folder / "debian.sources").write_text(
            f"Types: deb\nURIs: {mirror}\nSuites: {' '.join(suites)}\nComponents: main\n"
            f"Architectures: {architecture}\nSigned-By: {_KEYRING}\n",
            encoding="utf-8",
        )
        settings = {
            "APT::Architecture": architecture,
            "Dir::Etc::SourceList": folder / "debian.sources",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State": folder / "state",
            "Dir::State::status": "/dev/null",
            "Dir::Cache": folder / "cache",
            "APT::Sandbox::User": "root",  # the user who asks; _apt cannot write here
            "Acquire::Check-Valid-Until": "false",  # an old suite is not signed anew
        }
        config = folder / "apt.conf"
        text = "".join(f'{key} "{value}";\n' for key, value in settings.items())
        config.write_text(text, encoding="utf-8")
        self._environment = {**os.environ, "APT_CONFIG": str(config)}
        self._updated = False

    def update(self) -> None:
        """Reads what the suites have."""
        self._apt_get(["update"], "the suites cannot be read", "see what apt says")
        self._updated = True

    def download(self, pin: Package) -> Path:
        """The package of a pin, downloaded unless it is there, and its checksum right."""
        path = self._downloaded(pin)
        if path and _sha256(path) == pin.sha256:
            return path
        path = self._download(pin)  # there may be a part, of one that was interrupted
        found = _sha256(path)
        if found != pin.sha256:
            path.unlink()
            raise CodegenError(
                path,
                f"its SHA-256 is {found}, not {pin.sha256}, so it was deleted",
                f"fetch again; if it stays so, find out why before you change {self._pins}",
            )
        return path

    @property
    def _remedy(self) -> str:
        return f"pin what the mirror has in {self._pins}"

    def _downloaded(self, pin: Package) -> Path | None:
        name = f"{pin.package}_{pin.version.replace(':', '%3a')}_*.deb"
        return next(self._packages.glob(name), None)

    def _download(self, pin: Package) -> Path:
        if not self._updated:
            self.update()
        try:
            self._apt_get(
                ["download", f"{pin.package}={pin.version}"],
                f"{pin} cannot be had",
                self._remedy,
            )
        except CodegenError as error:
            raise self._with_remedy(error, pin) from error
        path = self._downloaded(pin)
        if not path:
            raise CodegenError("apt-get", f"{pin} was not downloaded", "see what apt says")
        return path

    def _with_remedy(self, error: CodegenError, pin: Package) -> CodegenError:
        """The error, and if the mirror has another version, what the pin of that is."""
        known = _run(
            ["apt-cache", "show", "--no-all-versions", pin.package],
            "no such package",
            self._remedy,
            environment=self._environment,
        )
        fields = dict(line.split(": ", 1) for line in known.splitlines() if ": " in line)
        if fields.get("Version") in (None, pin.version):
            return error
        fresh = f'version = "{fields["Version"]}" and sha256 = "{fields["SHA256"]}"'
        return CodegenError("apt-get", f"{pin} is gone", f"{self._remedy}: {fresh}")

    def _apt_get(self, arguments: Sequence[str], what: str, remedy: str) -> None:
        quiet = [] if sys.stderr.isatty() else ["-qq"]
        _run(
            ["apt-get", *quiet, *arguments], what, remedy, self._packages, self._environment, False
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as package:
        return hashlib.file_digest(package, "sha256").hexdigest()


def _run(  # pylint: disable=too-many-arguments  # of subprocess.run, and two for the error
    command: Sequence[str],
    what: str,
    remedy: str,
    folder: Path | None = None,
    environment: dict[str, str] | None = None,
    capture: bool = True,
) -> str:
    """Runs a command and returns what it prints, if that is not for the user to see."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.PIPE,
            check=True,
            text=True,
        )
    except FileNotFoundError as error:
        raise CodegenError(command[0], "not installed", remedy) from error
    except subprocess.CalledProcessError as error:
        said = [line for line in error.stderr.splitlines() if line.startswith("E:")]
        raise CodegenError(command[0], f"{what} ({' '.join(said)})", remedy) from error
    return done.stdout or ""
