"""What ``kb validate`` says of a knowledge base: how much of it can be matched, by what, and why the rest cannot."""

from __future__ import annotations

from collections import Counter

from genomodel.interpretation.conditions import conditions, nearest
from genomodel.interpretation.knowledge_bases.loaded import Loaded, Reach, gaps, of_one_build, reach_of

MANY_UNMAPPED = 12
SHOWN = 600


def resolution_rows(loaded: Loaded) -> list[tuple[str, str, str]]:
    """Return by what profiles and statements can be told, finest first, and their sums.

    Each profile and statement stands in one row: of parts that must all be there the coarsest decides, of alternatives
    the finest. The sum of the statements and what was left out is the number of rows.
    """
    profiles = Counter(reach_of(profile) for profile in loaded.profiles.values())
    statements = Counter(reach_of(statement.profile) for statement in loaded.statements)
    rows = [(reach.words, str(profiles[reach]) if profiles else "", str(statements[reach])) for reach in Reach]
    left_out = len(loaded.left_out)
    rows.append(("left out (reasons below)", "", str(left_out)))
    rows.append(("all", str(profiles.total()) if profiles else "", str(statements.total() + left_out)))
    return rows


def summary_lines(loaded: Loaded) -> list[str]:
    """Return what the table does not say: reasons, tumor types without a code, builds, oddities of the release."""
    lines = [f"Left out: {number} {reason}." for reason, number in sorted(loaded.reasons().items())]
    profiles = list(loaded.profiles.values()) or [statement.profile for statement in loaded.statements]
    for reason, number in sorted(gaps(profiles).items(), key=lambda item: (-item[1], item[0])):
        lines.append(f"Not to be matched: {number} {_noun(loaded)}, {reason}.")
    single = of_one_build(profiles)
    if single:
        lines.append(f"Of one genome build alone: {single} {_noun(loaded)} have neither HGVS nor protein name.")
    if loaded.unmapped:
        listed = [f"{name} ({number})" for name, number in loaded.unmapped.items()]
        more = f" and {len(listed) - MANY_UNMAPPED} more" if len(listed) > MANY_UNMAPPED else ""
        lines.append(
            f"Tumor types without an OncoTree code, which match no tumor type: {sum(loaded.unmapped.values())} "
            f"statements of {', '.join(listed[:MANY_UNMAPPED])}{more}."
        )
    withdrawn = sum(bool(statement.evidence.withdrawn) for statement in loaded.statements)
    if withdrawn:
        lines.append(f"Approvals that ended: {withdrawn}; they are shown as ended and support nothing.")
    against = sum(not statement.evidence.supports for statement in loaded.statements)
    if against:
        lines.append(f"Statements that speak against their claim: {against}; they are shown against it.")
    lines += condition_lines(loaded)
    lines += [f"Note: {note if len(note) <= SHOWN else note[:SHOWN] + ' …'}." for note in loaded.notes]
    return lines


def condition_lines(loaded: Loaded) -> list[str]:
    """Say how many conditions of claims are answered from sheet and tumor, and which are nearly such a one."""
    texts = dict.fromkeys(text for statement in loaded.statements for text in statement.evidence.conditions)
    if not texts:
        return []
    free = [text for text in texts if text not in conditions()]
    lines = [f"Conditions of claims: {len(texts)}, of which {len(texts) - len(free)} are held against the patient."]
    near = [f"'{text}' (is it '{found}'?)" for text in free if (found := nearest(text))]
    if near:
        more = f" and {len(near) - MANY_UNMAPPED} more" if len(near) > MANY_UNMAPPED else ""
        lines.append(f"Conditions left to the reader that are nearly known: {', '.join(near[:MANY_UNMAPPED])}{more}.")
    return lines


def _noun(loaded: Loaded) -> str:
    return "profiles" if loaded.profiles else "statements"
