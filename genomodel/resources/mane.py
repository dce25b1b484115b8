"""MANE: the transcripts of each protein-coding gene on which Ensembl and RefSeq agree base for base.

MANE Select is one per gene, MANE Plus Clinical a further one where Select alone misses reported clinical variants.
Morales et al. 2022, doi:10.1038/s41586-022-04558-8. The table is of GRCh38; the names serve on GRCh37 as well, whose
transcripts of the same name may have other versions.
"""

from __future__ import annotations

from functools import cache

from genomodel.resources.tables import load_table

SELECT, PLUS_CLINICAL = "select", "plus_clinical"


def without_version(transcript: str) -> str:
    """Return the name of a transcript that all its versions share."""
    return transcript.partition(".")[0]


@cache
def _by_name() -> dict[str, tuple[str, str]]:
    """Return status and versioned name by name without version."""
    return {
        without_version(row[column]): (row["status"], row[column])
        for row in load_table("mane_select")
        for column in ("ensembl", "refseq")
    }


def mane_status(transcript: str) -> str:
    """Return ``select``, ``plus_clinical`` or, of any other transcript, an empty text; versions do not matter."""
    return _by_name().get(without_version(transcript), ("", ""))[0]


def mane_version(transcript: str) -> str:
    """Return the versioned name that the MANE release gives a transcript, empty of a transcript that is not in it."""
    return _by_name().get(without_version(transcript), ("", ""))[1]


def is_mane_select(transcript: str) -> bool:
    """Whether an Ensembl or RefSeq transcript is MANE Select; versions do not matter."""
    return mane_status(transcript) == SELECT
