"""MANE Select: the transcript of each protein-coding gene on which Ensembl and RefSeq agree.

Morales et al. 2022, doi:10.1038/s41586-022-04558-8.
"""

from __future__ import annotations

from functools import cache

from genomodel.resources.tables import load_table


@cache
def _transcripts() -> frozenset[str]:
    return frozenset(name for row in load_table("mane_select") for name in row.values())


def is_mane_select(transcript: str) -> bool:
    """Whether an Ensembl or RefSeq transcript is MANE Select; versions do not matter."""
    return transcript.partition(".")[0] in _transcripts()
