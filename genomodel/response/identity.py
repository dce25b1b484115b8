"""Which cell line is which: identity proved by measurements, never by a stripped name.

The tables name lines in three vocabularies. A name only proposes a candidate; what accepts it is data:

* screen name to COSMIC identifier: the exact name in the COSMIC table, or, for renamed lines, the one identifier whose
  measured responses in an earlier release of the same screen match (each pair of drugs matched by its own profile);
* COSMIC identifier to the model of the variant table: the genotype. Log-likelihood of the line's known driver mutations
  being the model's, against another line's, plus the prior odds of a name that only one model has.

Lines that share rare mutations come from one patient and are kept in one group, so that no split separates them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from genomodel.core.profile import GeneAlteration

Array = npt.NDArray[np.float64]

RENAMED_GENES = {"MLL": "KMT2A", "MLL2": "KMT2D", "MLL3": "KMT2C", "FAM123B": "AMER1"}
OTHER_SPELLINGS = {
    "786-0": "786O",
    "EoL-1-cell": "EOL1",
    "NCI-H510A": "NCIH510",
    "OVCAR-3": "NIHOVCAR3",
    "SR": "SR786",
    "U-266": "U266B1",
    "U251": "U251MG",
}
"""Names that propose a candidate under another spelling; the genotype decides."""

DRUG_MATCH_R = 0.9
RESPONSE_MATCH_R = 0.75
RESPONSE_MARGIN = 0.15
RECALL = 0.85
"""Share of a line's known driver mutations that the other table is taken to hold."""
PRIOR_LOG_ODDS = float(np.log(200.0))
ACCEPT_LOG_ODDS = 3.0
"""Posterior odds of about twenty to one."""
SIBLING_SHARE = 0.4
SIBLING_SHARED = 3
RARE_IN_LINES = 4


@dataclass(frozen=True)
class JoinCounts:
    """How many lines were joined, and how."""

    screened: int
    by_exact_name: int
    by_response_profile: int
    without_identifier: int
    genotype_confirmed: int
    genotype_neutral: int
    genotype_rejected: int
    no_candidate: int
    groups_of_siblings: int
    repeated_measurements: int = 0
    """Measurements beyond the first of a line and drug in one screen; their mean is taken."""
    copies_confirmed: int = 0
    """Lines whose key in the tables of gains, losses and expression fits their recurrent copy-number segments."""
    copies_neutral: int = 0
    copies_rejected: int = 0
    copies_no_candidate: int = 0


def _standardised(matrix: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((matrix - np.nanmean(matrix, axis=0)) / np.nanstd(matrix, axis=0), dtype=np.float64)


def masked_correlation(left: Array, right: Array, fewest: int) -> Array:
    """Pearson correlation of every column of ``left`` with every column of ``right`` over rows known in both.

    Parameters
    ----------
    left, right
        Shapes (n, a) and (n, b), missing values as NaN.
    fewest
        Pairs with fewer common rows get -1.

    Returns
    -------
    array of shape (a, b)
    """
    left_known, right_known = (~np.isnan(left)).astype(float), (~np.isnan(right)).astype(float)
    x, y = np.nan_to_num(left), np.nan_to_num(right)
    n = left_known.T @ right_known
    sum_x, sum_y = x.T @ right_known, left_known.T @ y
    sum_xx, sum_yy, sum_xy = (x**2).T @ right_known, left_known.T @ (y**2), x.T @ y
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (sum_xy - sum_x * sum_y / n) / np.sqrt((sum_xx - sum_x**2 / n) * (sum_yy - sum_y**2 / n))
    return np.where((n >= fewest) & np.isfinite(r), r, -1.0)


def identify_by_response(responses: pd.DataFrame, ic50_v17: pd.DataFrame, known: dict[str, int]) -> dict[str, int]:
    """Find the COSMIC identifier of renamed lines by their measured responses.

    Parameters
    ----------
    responses
        One screen: columns ``line``, ``drug``, ``ln_ic50``.
    ic50_v17
        An earlier release of the same screen by COSMIC identifier.
    known
        Lines whose name is exactly that of the COSMIC table.

    Returns
    -------
    dict
        Line name to identifier, for lines not in ``known``: correlation over drugs at least 0.75, and 0.15 above the
        second-best identifier, and the identifier not taken.
    """
    table = responses.pivot(index="line", columns="drug", values="ln_ic50").sort_index()
    anchors = [name for name in table.index if known.get(str(name)) in ic50_v17.index]
    by_drug = masked_correlation(
        table.loc[anchors].to_numpy(dtype=float),
        ic50_v17.loc[[known[str(name)] for name in anchors]].to_numpy(dtype=float),
        150,
    )
    matched = [
        (int(np.argmax(by_drug[:, j])), j) for j in range(by_drug.shape[1]) if by_drug[:, j].max() > DRUG_MATCH_R
    ]
    wanted = [name for name in table.index if name not in known]
    rows = np.array([i for i, name in enumerate(table.index) if name not in known], dtype=np.int_)
    left = _standardised(table.to_numpy(dtype=float)[:, [i for i, _ in matched]])[rows]
    right = _standardised(ic50_v17.to_numpy(dtype=float)[:, [j for _, j in matched]])
    by_line = masked_correlation(left.T, right.T, 40)
    found: dict[str, int] = {}
    taken = set(known.values())
    for name, row in zip(wanted, by_line, strict=True):
        best, second = np.sort(row)[::-1][:2]
        identifier = int(ic50_v17.index[int(np.argmax(row))])
        if best >= RESPONSE_MATCH_R and best - second >= RESPONSE_MARGIN and identifier not in taken:
            found[str(name)] = identifier
            taken.add(identifier)
    return found


def spelling(name: str) -> str:
    """Return a name in capitals without punctuation; it proposes candidates and decides nothing."""
    return re.sub(r"[^A-Z0-9]", "", name.upper())


class GenotypeMatcher:
    """Scores how well a line's known driver mutations fit a model of the variant table."""

    def __init__(self, features_v17: pd.DataFrame, mutations: dict[str, tuple[GeneAlteration, ...]]) -> None:
        drivers = features_v17.filter(regex="_mut$")
        drivers.columns = [RENAMED_GENES.get(c.removesuffix("_mut"), c.removesuffix("_mut")) for c in drivers.columns]
        mutated = {model: {item.gene for item in items} for model, items in mutations.items()}
        in_table = set().union(*mutated.values())
        self.genes = [gene for gene in drivers.columns if gene in in_table]
        self.mutated = mutated
        carriers = Counter(gene for genes in mutated.values() for gene in genes)
        self.share = {gene: min(max(carriers[gene] / len(mutated), 1e-3), 0.99) for gene in self.genes}
        self.drivers = {
            int(str(cosmic)): [gene for gene, value in zip(self.genes, row, strict=True) if value]
            for cosmic, row in zip(drivers.index, drivers[self.genes].to_numpy(), strict=True)
        }
        self.candidates: dict[str, list[str]] = {}
        for model in sorted(mutations):
            if "MATCHED_NORMAL" not in model and "RESISTANT" not in model:
                self.candidates.setdefault(spelling(model.split("_", 1)[0]), []).append(model)

    def score(self, cosmic_id: int, model: str) -> float:
        """Log-likelihood ratio of the line being this model against being another line."""
        total = 0.0
        for gene in self.drivers.get(cosmic_id, ()):
            share = self.share[gene]
            found = gene in self.mutated[model]
            total += float(np.log(RECALL / share) if found else np.log((1 - RECALL) / (1 - share)))
        return total

    def match(self, cosmic_id: int, names: list[str]) -> tuple[str | None, str]:
        """Return the model of a line, if one can be told, and ``confirmed``, ``neutral``, ``rejected`` or ``none``."""
        spellings = dict.fromkeys(spelling(OTHER_SPELLINGS.get(name, name)) for name in names)
        found = dict.fromkeys(model for form in spellings for model in self.candidates.get(form, ()))
        if not found:
            return None, "none"
        scored = sorted(((self.score(cosmic_id, model), model) for model in found), reverse=True)
        best, model = scored[0]
        runner_up = scored[1][0] if len(scored) > 1 else -np.inf
        if best + PRIOR_LOG_ODDS < ACCEPT_LOG_ODDS or best - runner_up < ACCEPT_LOG_ODDS:
            return None, "rejected"
        return model, "confirmed" if best > 0 else "neutral"


def sibling_groups(mutations: list[tuple[GeneAlteration, ...]], labels: list[str]) -> list[str]:
    """Group lines that come from one patient.

    Two lines are siblings when they share at least 3 exact protein changes that at most 4 lines carry, and these are at
    least 40 % of the rare changes of the line that has fewer. A line whose genotype is not known has no changes to
    share and stands alone, so that siblings among such lines would not be found.

    Parameters
    ----------
    mutations
        Of each line.
    labels
        Name of each line.

    Returns
    -------
    list of str
        For each line the label of the first line of its group.
    """
    exact = [{(m.gene, m.protein_change) for m in items if m.protein_change} for items in mutations]
    carriers = Counter(change for changes in exact for change in changes)
    rare = [{change for change in changes if carriers[change] <= RARE_IN_LINES} for changes in exact]
    parent = list(range(len(labels)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    holders: dict[tuple[str, str], list[int]] = {}
    for i, changes in enumerate(rare):
        for change in changes:
            holders.setdefault(change, []).append(i)
    shared = Counter((i, j) for lines in holders.values() for k, i in enumerate(lines) for j in lines[k + 1 :])
    for (i, j), n in shared.items():
        if n >= SIBLING_SHARED and n >= SIBLING_SHARE * min(len(rare[i]), len(rare[j])):
            one, other = sorted((root(i), root(j)))
            parent[other] = one
    return [labels[root(i)] for i in range(len(labels))]
