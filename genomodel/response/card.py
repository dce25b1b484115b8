"""The model card in words."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from genomodel.profile.tissues import LABELS

if TYPE_CHECKING:
    from genomodel.response.bundle import Bundle

_TEMPLATE = """# {name}

Research use only. Not for diagnostic or treatment decisions.

## What it does
From the alterations of a tumor it predicts the natural logarithm of the IC50 (micromolar) of {n_drugs} drugs
with a named target, as cancer cell lines with such alterations showed in the GDSC screens, and places the
prediction among the screened lines of the same tissue and of all tissues.

A prediction is a sum of three parts. The first is linear over {n_features} features and shared by all drugs, through
{n_components} components of response, each with its own ridge penalty. The second is a direct path from the driver
events of a drug's own targets and of the genes next to them. Contributions of both are exact. The third goes by
Gaussian similarity to the training lines; its contributions are integrated gradients from the same tissue without
alterations. All contributions add up to the prediction.

{n_seeds} members differ in their seed, in the lines that stopped their training and in the genes hidden from them:
genes outside the list of a real panel ({n_panels} lists), or a random share. In training, {taught:.0%} of what the
components hold of a line's response is not as measured but as the gene expression of that line says, by a model of
all other training lines: less noisy than one measurement. Expression is never an input, and no line is judged on
anything but its measured response.

## Data
{lines} cell lines, {drugs_trained} drug-by-screen columns in training (the two screens are never pooled).

Joining: {joins[screened]} lines were screened. {joins[by_exact_name]} have exactly the name that the COSMIC
table gives; {joins[by_response_profile]} renamed ones were recognised by their measured responses in an earlier
release of the same screen; {joins[without_identifier]} were left out. The variant table was joined by genotype:
{joins[genotype_confirmed]} lines are confirmed by their known driver mutations, {joins[genotype_neutral]} have
too few of them to tell but a name that only one model has, {joins[genotype_rejected]} were rejected and
{joins[no_candidate]} have no counterpart; the last two kinds take part with unknown genotype. Gains, losses and
expression are listed by names without punctuation; {joins[copies_confirmed]} lines are confirmed by their recurrent
copy-number segments, {joins[copies_neutral]} fit as well as many others, {joins[copies_rejected]} were rejected and
{joins[copies_no_candidate]} have no counterpart. {joins[repeated_measurements]} repeated measurements of a line and
drug were averaged.

{sources}

Terms: responses and features of the GDSC project are for research under its terms of use
(https://www.cancerrxgene.org/legal). Variant, copy-number and fusion tables come from the Molecular Oncology
Almanac repository (GPL-2.0), derived from CCLE (CC BY 4.0) and the Sanger Institute. The bundle holds which
feature which line has, because predictions and explanations go by the lines; of responses it holds quantiles by drug
and tissue, rounded to 0.05, and none under the name of a line.
Targets and pathways of drugs are those that GDSC lists.

## How well, on lines that it has not seen
Five folds by patient, seed {m[split][seed]}; features, frequencies, penalties and early stopping come from the
training folds alone. Means over {m[drugs_judged]} drugs ({m[judged]}), 95 % bootstrap intervals over lines.

| measure | value |
|---|---|
| within-tissue r (per drug, centered inside fold and tissue) | {within} |
| drugs with within-tissue r above 0.2 | {m[drugs_within_tissue_r_above_0.2]} |
| per-drug r (not centered; mostly tissue) | {per_drug} |
| within-tissue r of the panel of {m[panel][drugs]} targeted drugs, listed before this model was made | {panel} |
| squared error saved against the tissue-by-drug mean | {gain} |
| coverage of 90 % intervals | {coverage} |
| coverage by tissue | {tissue_low} to {tissue_high} |
| coverage of truly sensitive pairs (z < -1.5) | {m[coverage90][sensitive_pairs]} |

The weights of the feature blocks, the share that expression teaches, the number of components, the groups of genes
and the genes of the direct path were chosen while looking at these very folds, so the figures are a little
optimistic.

## Known pairs
Of {controls[pairs]} gene-drug pairs that these screens show, the explanations give {controls[sign_right]} the right
sign; {controls[claimed]} of these alterations alone move their drug by at least {controls[claim_points]:.0f}
percentile points over all lines. Of {controls[pairs_not_in_data]} pairs that are known from patients and not in
these data, {controls[claimed_not_in_data]} are claimed. The direct path was made with such pairs in mind.

## Intervals and gate
Split-conformal by drug: 2 % and 92 % conformal quantiles of the out-of-fold residuals of all training lines, each
divided by how widely residuals of the drug scatter in the line's tissue. Of drug-by-tissue cells with at least 20
lines, {below:.1%} have a coverage below 0.80 (lowest {lowest:.2f}). The tails are unequal on purpose: with 5 % on each
side the intervals hold {equal_tails:.2f} of the truly sensitive pairs, with these
{m[coverage90][sensitive_pairs]:.2f}. That is still short of 0.90: a sensitive outlier is predicted as less sensitive
than it is, and no interval that is not told the outcome can hold them all. The price is paid by truly resistant pairs
(z > 1.5): {resistant_equal:.2f} with equal tails, {resistant:.2f} with these.
Each line was predicted by a model that had it neither in training nor in early stopping. The shipped model is
another one, fitted on all lines, while the quantiles come from the models of the five folds: its intervals
have that coverage only in so far as its errors on new lines are like theirs. The coverage in the table is
that of each fold's lines under the quantiles of the other folds. The interval is about screened cell lines; for
patients it carries no guarantee.

{shown}

For what was not observed the interval is widened by sqrt(1 + slope x hidden variance / residual variance); the
slopes ({slope_genes:.2f} for genes, {slope_tissue:.2f} for the tissue) were measured by hiding features of held-out
lines. With genes hidden, 90 % intervals cover {hidden[genes_hidden_plain]:.3f} before and
{hidden[genes_hidden_widened]:.3f} after widening, with the tissue hidden {hidden[tissue_hidden_plain]:.3f} and
{hidden[tissue_hidden_widened]:.3f}. These four figures are in-sample: the same residuals gave the quantiles and
the slopes, so that they show that widening acts and not how well it does on new lines.

A drug is called predictable when the lower end
of a one-sided 95 % bootstrap interval of its held-out within-tissue r is above zero; {n_predictable} of the
{n_drugs} offered drugs are.

## What it cannot know
Cell lines have no immune system, no stroma and no pharmacokinetics, and grow without competition. ln IC50
cannot be compared between drugs. Most lines have no matched normal, so that some of their variants are
germline. Copy-number events of lines are those of the source's threshold, which calls more genes than a
clinical assay would, and those of recurrent segments; gains and losses of few copies were called without regard to
ploidy. Resistance that arises
under treatment, expression, methylation and drug combinations are not seen. Truly sensitive outliers are
predicted as less sensitive than they are.

## Intended use
Research on how far mutations explain drug response, and as a clearly separated second opinion beside curated
evidence. It must change no tier and choose no treatment.
"""


def shown_text(shown: dict[str, Any] | None) -> str:
    """Return the paragraph on the coverage of what reports put first."""
    if shown is None:
        return "How well intervals hold for the predictions that a report puts first was not measured."

    def words(share: dict[str, Any]) -> str:
        ends = f"{share['lower']:.3f} to {share['upper']:.3f}"
        return f"{share['share']:.3f} ({ends}; {share['n_pairs']} pairs of {share['n_lines']} lines)"

    overall = words(shown["overall"])
    said = (
        f"A report puts up to {shown['n_shown']} predictions first, and showing the strongest is a selection. The rule "
        f"of reports was applied to {shown['n_lines_asked']} held-out lines, each with intervals, gate and quantiles "
        f"from the other folds: the 90 % intervals of the chosen pairs that were measured hold {overall}."
    )
    if shown["unmended"] is not None:
        said += (
            f" Without mending they held {words(shown['unmended'])}: of predictions that may lead, the part of the "
            f"interval toward sensitivity is stretched by {shown['stretch'][0]:.3f} and the part toward resistance by "
            f"{shown['stretch'][1]:.3f}. The figure above is with factors that were learned on the other folds."
        )
    by_tissue = [f"{LABELS.get(tissue, tissue)} {words(share)}" for tissue, share in shown["by_tissue"].items()]
    if shown.get("few") is not None:
        by_tissue.append(f"all tissues with fewer pairs together {words(shown['few'])}")
    return textwrap.fill(said + (f" By tissue: {'; '.join(by_tissue)}." if by_tissue else ""), 116)


def card_text(bundle: Bundle) -> str:
    """Return the card of a bundle as Markdown."""
    card = bundle.card
    figures = card["metrics"]
    rows = ["| source | version | licence | SHA-256 |", "|---|---|---|---|"]
    rows += [f"| {s['name']} | {s['version']} | {s['licence']} | `{s['sha256']}` |" for s in card["sources"]]

    def interval(name: str, figures: dict[str, Any] = figures) -> str:
        value = figures.get(name)
        if value is None:
            return "not measured"
        return f"{value['value']:.3f} ({value['lower']:.3f} to {value['upper']:.3f})"

    by_tissue = sorted((value, tissue) for tissue, value in figures["coverage90"]["by_tissue"].items())
    low, high = (f"{value:.3f} ({LABELS.get(tissue, tissue)})" for value, tissue in (by_tissue[0], by_tissue[-1]))
    return _TEMPLATE.format(
        tissue_low=low,
        tissue_high=high,
        name=bundle.name,
        n_drugs=card["drugs_offered"],
        n_features=card["features"],
        n_seeds=len(bundle.ensemble.dual),
        lines=card["lines"],
        drugs_trained=card["drugs_trained"],
        joins=card["joins"],
        sources="\n".join(rows),
        m=figures,
        hidden=card["coverage90_when_hidden"],
        controls=card["controls"],
        n_components=bundle.ensemble.loadings.shape[1],
        n_panels=card["panels"],
        taught=card["taught_share"],
        panel=interval("within_tissue_r", figures["panel"]),
        below=figures["coverage90"].get("drug_tissue_below_0.8", float("nan")),
        lowest=figures["coverage90"].get("drug_tissue_lowest", float("nan")),
        resistant=figures["coverage90"]["resistant_pairs"] or float("nan"),
        resistant_equal=figures["coverage90"]["resistant_pairs_equal_tails"] or float("nan"),
        equal_tails=figures["coverage90"]["sensitive_pairs_equal_tails"] or float("nan"),
        within=interval("within_tissue_r"),
        per_drug=interval("per_drug_r"),
        coverage="{overall} (drugs {drugs_lowest} to {drugs_highest})".format(**figures["coverage90"]),
        gain=interval("squared_error_gain_over_tissue_drug_mean"),
        slope_genes=bundle.calibration.widening.genes,
        slope_tissue=bundle.calibration.widening.tissue,
        shown=shown_text(card.get("shown")),
        n_predictable=int(bundle.calibration.predictable.sum()),
    )
