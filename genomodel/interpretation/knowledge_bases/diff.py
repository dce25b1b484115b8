"""What changed between two releases of a knowledge base."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass

from genomodel.core.findings import Interpretation
from genomodel.interpretation.knowledge_bases.loaded import Card, Loaded
from genomodel.interpretation.knowledge_bases.tables import plain, spreadsheet_safe

NEW = "new"
GONE = "gone"
MATCHES = "matches"
NO_MORE = "matches no more"
_FIELDS: dict[str, Callable[[Card], str]] = {
    "profile": lambda card: card.profile,
    "disease": lambda card: card.disease,
    "therapies": lambda card: ", ".join(card.therapies),
    "level": lambda card: card.level,
    "direction": lambda card: card.direction,
}
WORDS = {
    NEW: "new",
    GONE: "gone",
    "profile": "renamed: the profile has another name",
    "disease": "another tumor type",
    "therapies": "other therapies",
    "level": "another level",
    "direction": "another direction or significance",
}
"""What is counted, in the order that it is printed in."""
TOUCHED_WORDS = {**WORDS, MATCHES: "matches now", NO_MORE: "matches no more"}
"""What can become of a patient's statement; the last two where the row is the same and its handles are not."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two releases."""

    id: str
    what: str
    """``new``, ``gone``, or the field that is another."""
    profile: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class TouchedFinding:
    """A patient's finding that rests on a row that changed."""

    patient: str
    finding: str
    change: Change


def compare(old: Loaded, new: Loaded) -> tuple[Change, ...]:
    """Return every difference of the rows as they were given, used or left out, by id and then field.

    Rows of a kind that one of the two lacks altogether, such as the assertions of a release with evidence alone, are
    not compared: see :func:`not_compared`.
    """
    alone = not_compared(old, new)
    before = {card.id: card for card in old.cards if kind_of_id(card.id) not in alone}
    after = {card.id: card for card in new.cards if kind_of_id(card.id) not in alone}
    changes = [Change(number, GONE, before[number].profile, before=_line(before[number])) for number in before]
    changes = [change for change in changes if change.id not in after]
    for number, card in after.items():
        if number not in before:
            changes.append(Change(number, NEW, card.profile, after=_line(card)))
            continue
        for field, value in _FIELDS.items():
            was, now = value(before[number]), value(card)
            if was != now:
                changes.append(Change(number, field, card.profile, was, now))
    order = list(WORDS)
    return tuple(sorted(changes, key=lambda change: (order.index(change.what), _key(change.id))))


def not_compared(old: Loaded, new: Loaded) -> dict[str, int]:
    """Return kinds of rows, by the letters of their ids, of sources that number theirs so and one of which has none.

    ``AID`` are CIViC's assertions, ``EID`` its evidence.
    """
    kinds = [Counter(kind_of_id(card.id) for card in loaded.cards) for loaded in (old, new)]
    numbered = ("AID", "EID")
    both = kinds[0] + kinds[1]
    return {kind: both[kind] for kind in numbered if (kinds[0][kind] == 0) != (kinds[1][kind] == 0)}


def kind_of_id(number: str) -> str:
    """Return the letters of an id, which tell CIViC's evidence from its assertions."""
    return number.rstrip("0123456789")


def _line(card: Card) -> str:
    return "; ".join(filter(None, (card.disease, ", ".join(card.therapies), card.level, card.direction)))


def _key(number: str) -> tuple[str, int]:
    digits = "".join(sign for sign in number if sign.isdigit())
    return kind_of_id(number), int(digits or 0)


def count(changes: Iterable[Change]) -> dict[str, int]:
    """Return how many differences there are of each kind, all kinds listed."""
    found = Counter(change.what for change in changes)
    return {what: found[what] for what in WORDS}


def only_spelled_otherwise(changes: Iterable[Change]) -> dict[str, int]:
    """Return how many differences of each field go away when case, blanks and the order of therapies are ignored."""

    def bare(text: str) -> tuple[str, ...]:
        return tuple(sorted(part.strip().casefold() for part in text.split(",")))

    pairs = (change for change in changes if change.what in _FIELDS)
    found = Counter(change.what for change in pairs if bare(change.before) == bare(change.after))
    return dict(found)


def touched_findings(
    interpretations: Iterable[Interpretation], changes: Iterable[Change], references: Mapping[str, tuple[str, ...]]
) -> tuple[TouchedFinding, ...]:
    """Return the findings of patients whose evidence, or a source that it refers to, changed.

    Parameters
    ----------
    references
        Sources that a statement of evidence refers to beside its own, by the statement's id.
    """
    by_id: dict[str, list[Change]] = {}
    for change in changes:
        by_id.setdefault(change.id, []).append(change)
    found = []
    for interpretation in interpretations:
        findings = (*interpretation.findings, *interpretation.set_aside, *interpretation.to_confirm)
        for finding in findings:
            rests_on: set[str] = set()
            for match in finding.evidence:
                evidence = match.evidence
                for text in (evidence.id, evidence.source_id, *references.get(evidence.id, ())):
                    rests_on |= _ids_in(text)
            changed = [change for number in sorted(rests_on) for change in by_id.get(number, ())]
            found += [TouchedFinding(interpretation.patient_id, finding.label, change) for change in changed]
    return tuple(found)


def _ids_in(text: str) -> set[str]:
    """Return the ids in a source's name: ``CIViC:EID637`` is of ``EID637``, ``MOAlmanac:70`` of ``MOA70``."""
    parts = (part.strip() for part in text.replace(";", ",").split(","))
    return {re.sub(r"^MOAlmanac:", "MOA", part).removeprefix("CIViC:") for part in parts if part}


def as_json(changes: Iterable[Change], touched: Iterable[TouchedFinding]) -> str:
    """Return the differences as JSON: counts, rows and findings."""
    listed = list(changes)
    content = {
        "counts": count(listed),
        "changes": [asdict(change) for change in listed],
        "findings": [asdict(item) for item in touched],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def as_tsv(changes: Iterable[Change]) -> str:
    """Return the differences as a table; no cell is a spreadsheet's formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(("id", "what", "profile", "before", "after"))
    for change in changes:
        cells = (change.id, change.what, change.profile, change.before, change.after)
        writer.writerow([spreadsheet_safe(plain(cell)) for cell in cells])
    return text.getvalue()
