from __future__ import annotations

import hashlib
import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.response.bundle import HASHED, load_bundle, released_folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(released_folder(), tmp_path / "bundle"))


def rehash(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text())
    card["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in HASHED}
    (folder / "card.json").write_text(json.dumps(card))


def test_released_bundle_is_small() -> None:
    assert sum(path.stat().st_size for path in released_folder().iterdir()) < 5_000_000


def test_changed_file_is_refused(copy: Path) -> None:
    path = copy / "calibration.json"
    path.write_text(path.read_text().replace("true", "false"))
    with pytest.raises(InputError, match=r"calibration\.json.*SHA-256"):
        load_bundle(copy)


def test_missing_file_is_named(copy: Path) -> None:
    (copy / "features.tsv").unlink()
    with pytest.raises(InputError, match=r"features\.tsv.*does not exist"):
        load_bundle(copy)


def test_other_format_version_is_refused(copy: Path) -> None:
    card = json.loads((copy / "card.json").read_text())
    (copy / "card.json").write_text(json.dumps({**card, "format": 99}))
    with pytest.raises(InputError, match="format 99"):
        load_bundle(copy)


def test_pickle_in_place_of_safetensors_is_refused(copy: Path) -> None:
    (copy / "model.safetensors").write_bytes(pickle.dumps({"weights": [1.0]}))
    rehash(copy)
    with pytest.raises(InputError, match="not a safetensors file"):
        load_bundle(copy)


def test_feature_list_of_another_model_is_refused(copy: Path) -> None:
    lines = (copy / "features.tsv").read_text().splitlines(keepends=True)
    (copy / "features.tsv").write_text("".join(lines[:-1]))
    rehash(copy)
    with pytest.raises(InputError, match="do not fit each other"):
        load_bundle(copy)


def test_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a folder"):
        load_bundle(tmp_path / "nowhere")


def test_predicting_needs_neither_torch_nor_pandas() -> None:
    code = (
        "import sys; import genomodel.response.predict; from genomodel.response.bundle import load_bundle; "
        "load_bundle(); sys.exit(any(name in sys.modules for name in ('torch', 'pandas', 'pytorch_lightning')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
