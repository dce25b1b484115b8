from __future__ import annotations

import gzip
import hashlib
import tarfile
import zipfile
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.resources import registry
from genomodel.resources.registry import Resource, fetch, resources
from genomodel.resources.tables import SHIPPED, render_table


def _register(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes, **changes: str) -> Path:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "file.bin").write_bytes(content)
    row = Resource(
        name="thing",
        version="1",
        url="see:https://example.org",
        sha256=hashlib.sha256(content).hexdigest(),
        licence="CC0-1.0",
        use="test",
        member="",
        mirror_path="file.bin",
    )
    values = {name: getattr(row, name) for name in Resource.__slots__} | changes
    monkeypatch.setattr(registry, "resources", lambda: {"thing": Resource(**values)})
    monkeypatch.setenv("GENOMODEL_MIRROR", str(mirror))
    monkeypatch.setenv("GENOMODEL_CACHE", str(tmp_path / "cache"))
    return mirror / "file.bin"


def test_a_mirrored_file_is_used_where_it_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = _register(monkeypatch, tmp_path, b"content")
    assert fetch("thing") == path


def test_a_mirrored_file_of_other_content_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _register(monkeypatch, tmp_path, b"content").write_bytes(b"tampered")
    with pytest.raises(InputError, match="SHA-256"):
        fetch("thing")


def test_a_file_without_an_address_says_where_to_put_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _register(monkeypatch, tmp_path, b"content").unlink()
    with pytest.raises(InputError, match="GENOMODEL_MIRROR"):
        fetch("thing")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_member_is_taken_out_of_its_archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str) -> None:
    inner, archive = tmp_path / "inner.txt", tmp_path / f"a.{kind}"
    inner.write_text("inside")
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as bundle:
            bundle.write(inner, "folder/inner.txt")
    else:
        with tarfile.open(archive, "w:gz") as bundle:
            bundle.add(inner, "folder/inner.txt")
    _register(monkeypatch, tmp_path, archive.read_bytes(), member="folder/inner.txt")
    assert fetch("thing").read_text() == "inside"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="oncotree"):
        fetch("nothing-of-that-name")


def test_every_row_is_complete() -> None:
    for row in resources().values():
        assert len(row.sha256) == 64
        assert row.licence
        assert row.version
        assert row.url.startswith(("https://", "pypi:", "see:https://"))


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_shipped_tables_are_what_their_source_gives(
    name: str, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    assert render_table(name) == SHIPPED[name].path.read_text(encoding="utf-8")


def test_a_mirror_may_hold_the_file_compressed_and_the_digest_is_of_its_content(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = b"gene\tstate\nERBB2\tAmplification\n"
    path = _register(monkeypatch, tmp_path, content, url="https://example.org/file.txt", mirror_path="file.txt.gz")
    path = path.with_name("file.txt.gz")
    path.write_bytes(gzip.compress(content))
    assert fetch("thing") == path
    path.write_bytes(gzip.compress(content + b"x"))
    with pytest.raises(InputError, match="SHA-256"):
        fetch("thing")
    path.write_bytes(content)
    with pytest.raises(InputError, match="no gzip file"):
        fetch("thing")
