"""Counting what a file holds from its raw text, apart from the reader whose work is held against it."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from genomodel.core.errors import GenomodelError
from genomodel.core.variants import Intake, allele_key

_NO_ALLELE = frozenset({"", ".", "na", "n/a", "nan", "--", "none", "null"})
_MAF_COLUMNS = (
    "tumor_sample_barcode",
    "chromosome",
    "start_position",
    "reference_allele",
    "tumor_seq_allele2",
    "tumor_seq_allele1",
)


def intake_of_vcfs(paths: Sequence[str | Path]) -> Intake:
    """Return the keys of all records of one or several VCFs that were read as one; they have been read before."""
    return Intake(records=tuple(key for path in paths for key in _vcf_keys(Path(path))), joined=len(paths) > 1)


def intake_of_maf(path: str | Path) -> dict[str, Intake]:
    """Return the keys of the rows of each sample of a MAF that has been read before, by barcode."""
    lines = (line for line in _lines(Path(path)) if line.strip() and not line.startswith(b"#"))
    header = [name.strip().lower() for name in next(lines).decode("utf-8-sig").split("\t")]
    places = [header.index(name) if name in header else None for name in _MAF_COLUMNS]
    rows: dict[str, list[tuple[int, str]]] = {}
    for number, line in enumerate(lines, 1):
        fields = line.decode().split("\t")
        cells = ["" if place is None else fields[place].strip() for place in places]
        sample, chrom, pos, ref, *alts = ("" if cell.lower() in _NO_ALLELE else cell for cell in cells)
        alts = [alt or "-" for alt in alts]
        alt = next((one for one in alts if one != (ref or "-")), alts[0])
        rows.setdefault(sample, []).append((number, allele_key(chrom, pos.lstrip("0") or "0", ref or "-", alt)))
    return {
        sample: Intake(records=tuple(key for _, key in found), numbers=tuple(number for number, _ in found))
        for sample, found in rows.items()
    }


def require_same_records(before: Sequence[str | Path], after: str | Path) -> None:
    """Raise unless a VCF that was written holds the records of the ones that it was made of, each once.

    Raises
    ------
    GenomodelError
        Records are missing, come twice, or were altered: a defect of what wrote the file.
    """
    came, went = Counter(intake_of_vcfs(before).records), Counter(_vcf_keys(Path(after)))
    if came != went:
        lost, extra = list((came - went).elements()), list((went - came).elements())
        raise GenomodelError(
            f"{Path(after).name}: {came.total()} records came in and {went.total()} were written; lost are {lost[:5]}, "
            f"beyond them are {extra[:5]} (five at most are named); this is a defect of what wrote the file"
        )


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        gzipped = handle.read(2) == b"\x1f\x8b"
    with gzip.open(path) if gzipped else path.open("rb") as handle:
        for line in handle:
            yield line.rstrip(b"\r\n")


def _vcf_keys(path: Path) -> Iterator[str]:
    for line in _lines(path):
        if line and not line.startswith((b"#", b"\xef\xbb\xbf#")):
            chrom, pos, _, ref, alts, _ = line.split(b"\t", 5)
            place = chrom.decode(), int(pos), ref.decode()
            yield ",".join(allele_key(*place, alt) for alt in alts.decode().split(","))
