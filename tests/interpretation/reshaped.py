"""The same tumor written in other ways, and what of its interpretation has to be the same."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.core.findings import Disposition, Interpretation
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant
from genomodel.interpretation.interpret import interpret
from genomodel.resources.oncotree import resolve_tumor_type

PLACES = frozenset({"record", "repeats", "n_records"})
"""Fields that number records, which another order changes."""
ORDERED = frozenset({"dispositions", "other_variants", "not_assessable"})
"""Lists in the order of the input."""
_NUMBERS = re.compile(r"\brecord \d+")
Split = tuple[list[str], list[list[str]]]


@cache
def lines_of(path: Path) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the header lines and the data lines, parted by tabs, of a VCF."""
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
    lines = text.splitlines()
    return tuple(line for line in lines if line.startswith("#")), tuple(
        tuple(line.split("\t")) for line in lines if line and not line.startswith("#")
    )


def write_vcf(path: Path, header: Iterable[str], rows: Iterable[Sequence[str]]) -> Path:
    path.write_text("\n".join([*header, *("\t".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def read(path: Path, tumor: str, name: str = "P1") -> AnnotatedCalls:
    return read_annotated_vcf(path, Patient(id=name, tumor_type=resolve_tumor_type(tumor)))


def same(result: Interpretation, rename: Callable[[str], str] = lambda text: text) -> str:
    """Return the interpretation as text without numbers of records, whose lists have an order of their own."""
    return json.dumps(_plain(json.loads(rename(result.to_json()))), indent=1, sort_keys=True)


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items() if key not in PLACES}
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if name in ORDERED else items
    return _NUMBERS.sub("record N", value) if isinstance(value, str) else value


def by_key(result: Interpretation) -> dict[str, tuple[str, str, str]]:
    """Return what became of each allele by its key: kind, tier, reason."""
    return {item.variant: _outcome(item) for item in result.dispositions}


def _outcome(item: Disposition) -> tuple[str, str, str]:
    return item.kind.value, item.tier, _NUMBERS.sub("record N", item.reason)


def tiers(result: Interpretation) -> dict[str, str | None]:
    """Return the tier of each finding and listed variant by its label."""
    return {one.label: one.tier for one in (*result.findings, *result.other_variants)}


def with_variant(calls: AnnotatedCalls, place: int, changed: AnnotatedVariant | None) -> AnnotatedCalls:
    """Return the calls with one variant exchanged, or left out with its record where ``None``."""
    variants = list(calls.variants)
    if changed is not None:
        variants[place] = changed
        return calls.model_copy(update={"variants": tuple(variants), "intake": None})
    del variants[place]
    numbered = tuple(one.model_copy(update={"record": number}) for number, one in enumerate(variants, 1))
    return calls.model_copy(update={"variants": numbered, "n_records": len(numbered), "intake": None})


def renumbered(calls: AnnotatedCalls, variants: Iterable[AnnotatedVariant]) -> AnnotatedCalls:
    """Return calls of these variants as records of a file of their own."""
    numbered = tuple(
        one.model_copy(update={"record": number, "repeats": None}) for number, one in enumerate(variants, 1)
    )
    return calls.model_copy(update={"variants": numbered, "n_records": len(numbered), "intake": None})


def told(calls: AnnotatedCalls) -> Interpretation:
    return interpret(calls, None)
