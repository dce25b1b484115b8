"""The account of the input: what came in by its raw text is held against what goes out, on every run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from genomodel.core.errors import GenomodelError
from genomodel.core.variants import AnnotatedCalls

Name = TypeVar("Name", int, str)
NAMED = 5
"""Records that a message names at most."""


def require_accounted(calls: AnnotatedCalls, alleles: Iterable[tuple[int, str]], what: str) -> None:
    """Raise unless the alleles are those of the input's records, each once.

    Parameters
    ----------
    calls
        What was read, with the keys of its records as counted from the raw text; without them, as for calls made by
        hand, the numbers of the records are held against their count alone.
    alleles
        Number of the record and key of each allele, alleles of one record in their order.
    what
        What the alleles have, for the message: ``a variant``, ``a disposition``.

    Raises
    ------
    GenomodelError
        Records are missing, come twice, were made up or altered. This is a defect, and nothing may be concluded.
    """
    out: dict[int, str] = {}
    for number, key in alleles:
        out[number] = f"{out[number]},{key}" if number in out else key
    intake = calls.intake
    count = calls.n_records if intake is None else len(intake.records)
    numbers = range(1, count + 1) if intake is None or intake.numbers is None else intake.numbers
    wrong = "" if count == calls.n_records else "the counts differ"
    if intake is not None:
        keys = tuple(out[number] for number in sorted(out))
        wrong = wrong or _differences(Counter(intake.records), Counter(keys))
        moved = not (intake.joined or keys == _by_number(intake.records, numbers))
        wrong = wrong or ("the records stand in another order" if moved else "")
    wrong = wrong or _differences(Counter(numbers), Counter(list(out)))
    if wrong:
        raise GenomodelError(
            f"{calls.source.name}: {count} records came in, {calls.n_records} were read and {len(out)} have {what}; "
            f"{wrong} ({NAMED} at most are named); this is a defect, and nothing is concluded"
        )


def _by_number(records: tuple[str, ...], numbers: Iterable[int]) -> tuple[str, ...]:
    """Return the keys of records by their numbers."""
    return tuple(key for _, key in sorted(zip(numbers, records, strict=True)))


def _differences(came: Counter[Name], went: Counter[Name]) -> str:
    """Say which records are on one side only, empty for none."""
    lost, extra = list((came - went).elements()), list((went - came).elements())
    parts = [
        f"{len(found)} {words}: {'; '.join(str(one) for one in found[:NAMED])}"
        for found, words in ((lost, "came in and did not go out"), (extra, "went out and did not come in"))
        if found
    ]
    return ", ".join(parts)
