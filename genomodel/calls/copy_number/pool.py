"""A reference of pooled normals: what the same assay looks like in people without the tumor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from genomodel.cohort.copy_number_reference import MIN_NORMALS
from genomodel.core.base import Noun
from genomodel.core.errors import InputError
from genomodel.core.specimens import Library
from genomodel.files import read_text, require_file, sha256_of

if TYPE_CHECKING:
    from genomodel.calls.copy_number.job import AssayFiles


class Pool(Noun):
    """What a pooled reference was made of, in a file beside it."""

    library: Library
    n_normals: int
    sexed: bool
    """Whether the sex of every normal was given, so that chromosome X stands for two copies."""
    bed_sha256: str = ""


@dataclass(frozen=True, slots=True)
class PooledNormal:
    """One normal of a pool."""

    path: Path
    sex: str | None = None


def require_normals(n: int, where: str) -> None:
    """Refuse a pool that is none.

    Raises
    ------
    InputError
        Fewer than two normals.
    """
    if n < MIN_NORMALS:
        raise InputError(
            f"{n} normal sample{'' if n == 1 else 's'} of {where}; a pooled reference takes {MIN_NORMALS} at least",
            fix="Add normals of the same assay to the sheet, or set copy_number.reference to matched, flat or auto",
        )


def describes(reference: Path) -> Path:
    """Return where a pooled reference is described."""
    return reference.with_suffix(".json")


def read_pool(reference: Path, assay: AssayFiles) -> Pool:
    """Read what a pooled reference was made of, and see that it fits an assay.

    Raises
    ------
    InputError
        It was not made by ``genomodel copy-number-reference``, or of another library or other regions.
    """
    path = describes(reference)
    text = read_text(require_file(path, "description of the copy-number reference"), "description of the reference")
    try:
        pool = Pool.model_validate_json(text)
    except ValidationError as error:
        fix = "Make the reference with genomodel copy-number-reference"
        raise InputError("this does not describe a pooled reference", path=path, fix=fix) from error
    if pool.library is not assay.library or pool.bed_sha256 != bed_digest(assay):
        fix = "Pool normals of the same library over the same BED"
        raise InputError(f"the reference was pooled over another assay ({pool.library.value})", path=reference, fix=fix)
    return pool


def bed_digest(assay: AssayFiles) -> str:
    """Return the content of the assayed regions as a digest; empty for whole genomes."""
    return sha256_of(assay.bed) if assay.bed and assay.library is not Library.WGS else ""


def sexes_known(normals: Sequence[PooledNormal]) -> bool:
    """Whether the sex of every normal is given."""
    return all(normal.sex in ("female", "male") for normal in normals)
