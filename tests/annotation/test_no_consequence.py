from __future__ import annotations

import pytest

from genomodel.annotation.no_consequence import without_consequence
from genomodel.core.variants import Variant


@pytest.mark.parametrize(
    ("chrom", "ref", "alt", "says"),
    [
        ("7", "A", "T", "No transcript"),
        ("chrM", "a", "tt", "No transcript"),
        ("X", "-", "T", "No transcript"),
        ("7", "A", ".", "no alternate allele"),
        ("7", "A", "*", "no sequence of its own"),
        ("7", "A", "<*>", "no sequence of its own"),
        ("7", "A", "<NON_REF>", "no sequence of its own"),
        ("7", "A", "<DEL>", "<DEL> names no bases"),
        ("7", "A", "<INS:ME:ALU>", "<INS:ME:ALU> names no bases"),
        ("7", "A", "A[chr2:100[", "breakend"),
        ("7", "A", "]chr2:100]A", "breakend"),
        ("7", "A", ".TG", "breakend"),
        ("7", "A", "R", "letters other than"),
        ("7", "N", "A", "letters other than"),
        ("GL000191.1", "A", "T", "GL000191.1 is no chromosome"),
        ("chr7_KI270803v1_alt", "A", "T", "is no chromosome"),
        ("hs37d5", "A", "T", "is no chromosome"),
        ("HLA-A*01:01:01:01", "A", "T", "is no chromosome"),
    ],
)
def test_the_reason_is_the_allele_or_the_contig(chrom: str, ref: str, alt: str, says: str) -> None:
    assert says in without_consequence(Variant(chrom=chrom, pos=5, ref=ref, alt=alt))[1]
