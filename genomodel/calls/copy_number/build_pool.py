"""Making a reference of pooled normals."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from genomodel.calls.checks import require_readable, require_same_build
from genomodel.calls.copy_number.cnvkit import Engine
from genomodel.calls.copy_number.job import AssayFiles, lay_out
from genomodel.calls.copy_number.pool import (
    Pool,
    PooledNormal,
    bed_digest,
    describes,
    require_normals,
    sexes_known,
)
from genomodel.core.errors import InputError
from genomodel.files import atomic_path, require_file, write_text


def build_pool(normals: Sequence[PooledNormal], assay: AssayFiles, out: Path, *, threads: int = 1) -> None:
    """Pool the depth of normals by bin, and write the reference with its description beside it.

    A male's X is counted up to two copies, so that a pool of both sexes has one level there.

    Raises
    ------
    InputError
        Fewer than two normals, one given twice, a missing file, or the program failed.
    """
    require_normals(len(normals), f"library {assay.library.value}")
    if len({normal.path.resolve() for normal in normals}) < len(normals):
        raise InputError("a normal is given twice", column="--normal", fix="Give each normal once")
    require_file(assay.fasta, "reference FASTA")
    for normal in normals:
        require_readable(normal.path, assay.fasta)
        require_same_build(normal.path, assay.fasta)
    with tempfile.TemporaryDirectory(prefix="genomodel-cnv-") as temporary:
        folder = Path(temporary)
        engine = Engine(assay.library, assay.fasta, folder, "none", threads)
        places, beds = lay_out(engine, assay)
        coverages = [
            engine.coverage(normal.path, bed, f"normal{index}", haploid_x=normal.sex == "male")
            for index, normal in enumerate(normals, start=1)
            for bed in beds
        ]
        engine.reference(coverages, folder / "pool.cnn", n_bins=len(places))
        with atomic_path(out) as unfinished:
            shutil.copyfile(folder / "pool.cnn", unfinished)
    described = Pool(
        library=assay.library, n_normals=len(normals), sexed=sexes_known(normals), bed_sha256=bed_digest(assay)
    )
    write_text(describes(out), described.to_json())
