"""Reading and writing files so that nothing is left half-written and errors name the file."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from genomodel.core.base import Noun
from genomodel.core.errors import InputError
from genomodel.core.provenance import SourceFile


def sha256_of(path: str | Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@cache
def package_digest() -> str:
    """Return a SHA-256 over the package's own files: code, tables, templates and the released model.

    A report is a function of these as much as of its input, so that an upgrade has to make it again.
    """
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(package).as_posix()}\t{sha256_of(path)}\n".encode())
    return digest.hexdigest()


def source_file(path: str | Path, kind: str) -> SourceFile:
    """Identify a file by name and content."""
    return SourceFile(name=Path(path).name, sha256=sha256_of(path), kind=kind)


def require_file(path: str | Path, what: str = "file") -> Path:
    """Return ``path`` when it is a readable, non-empty regular file.

    Raises
    ------
    InputError
        It does not exist, is a folder, or holds nothing.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(
            f"{what} does not exist", path=path, fix="Check the path; relative paths start at the working folder"
        )
    if path.is_dir():
        raise InputError(f"{what} is a folder, a file is needed", path=path)
    if path.stat().st_size == 0:
        raise InputError(f"{what} is empty (0 bytes)", path=path, fix="Make or copy the file again")
    return path


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` that takes its place when the block ends without an error.

    The temporary name ends in the suffixes of ``path``, so that writers that look at the suffix behave alike.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-", suffix="-" + path.name)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write ``text`` as UTF-8 in one step: readers see the old file or the new one."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_noun(path: str | Path, noun: Noun) -> None:
    """Write the bytes of ``noun.to_json()`` in one step, piece by piece, for the whole of a genome is large."""
    with atomic_path(path) as temporary, temporary.open("wb") as handle:
        handle.writelines(noun.json_parts())


def read_text(path: str | Path, what: str = "file") -> str:
    """Return the text of a plain or gzipped UTF-8 file.

    Raises
    ------
    InputError
        The file is missing, empty, truncated or not UTF-8.
    """
    path = require_file(path, what)
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        return raw.decode("utf-8-sig")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{what} is truncated or damaged ({error})", path=path, fix="Copy or compress the file again"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{what} is not UTF-8 text ({error.reason} at byte {error.start})", path=path, fix="Save it as UTF-8"
        ) from error
