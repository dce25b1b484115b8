from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.core.findings import Hotspot
from genomodel.files import atomic_path, package_digest, read_text, require_file, write_noun, write_text


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    write_text(target, "old")

    def fail() -> None:
        with atomic_path(target) as temporary:
            temporary.write_text("half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_noun_is_written_as_its_json_says_it(tmp_path: Path) -> None:
    noun = Hotspot(residue="V600 é", tumors_at_residue=3, tumors_with_allele=1, q_value=float("nan"))
    write_noun(tmp_path / "n.json", noun)
    assert (tmp_path / "n.json").read_text(encoding="utf-8") == noun.to_json()


def test_folders_are_made_for_a_new_file(tmp_path: Path) -> None:
    write_text(tmp_path / "a" / "b.txt", "text")
    assert (tmp_path / "a" / "b.txt").read_text() == "text"


def test_a_truncated_gzip_is_an_input_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    path.write_bytes(gzip.compress(b"line\n" * 10_000)[:-20])
    with pytest.raises(InputError, match=r"table\.tsv\.gz.*truncated or damaged"):
        read_text(path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"caf\xe9"])
def test_bytes_that_are_no_text_are_an_input_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(InputError, match="UTF-8"):
        read_text(tmp_path / "x")


def test_missing_empty_and_folder_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(InputError, match="does not exist"):
        require_file(tmp_path / "none")
    with pytest.raises(InputError, match="empty"):
        require_file(tmp_path / "empty")
    with pytest.raises(InputError, match="folder"):
        require_file(tmp_path)


def test_the_package_digest_is_that_of_the_content_not_of_its_caches() -> None:
    first = package_digest()
    package_digest.cache_clear()
    assert package_digest() == first
    assert len(first) == 64
