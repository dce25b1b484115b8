"""Which processes changed the bases of a tumor: its substitutions refitted to COSMIC's signatures.

Exomes and genomes that were compared with a matched normal only, and from :data:`FEWEST` substitutions on. A signature
that is not listed is not excluded, and SBS3 alone is no statement on homologous recombination.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from genomodel.core.biomarkers import MutationalSignatures, SignatureExposure
from genomodel.core.errors import InputError
from genomodel.core.findings import NotAssessable
from genomodel.core.patients import Assay, CallingMode, GenomeBuild, Patient
from genomodel.core.substitutions import CHANNELS, SubstitutionContexts
from genomodel.interpretation.biomarkers.refit import (
    GAIN,
    GAIN_PER_SUBSTITUTION,
    REPLICATES,
    Dictionary,
    Floats,
    bootstrap,
    interval,
    refit,
)
from genomodel.resources.registry import fetch, resource, stored

FEWEST = 200
"""Substitutions below which nothing is fitted: of 100, a quarter would go to wrong signatures (``make
bench-signatures``)."""
BACKGROUND = ("SBS1", "SBS5")
"""Clock-like signatures of nearly every tumor (Alexandrov et al. 2015, doi:10.1038/ng.3441)."""
POOR_FIT = 0.9
"""Cosine below which the fit is called poor."""
MANY_LEFT_OUT = 0.1
"""Share of substitutions without reference bases from which nothing is fitted: the rest may not be like them."""
MUCH_FOREIGN = 0.05
"""Share of foreign DNA from which nothing is fitted: its variants then reach what callers report."""
SEED = 96
WHAT = "Mutational signatures"
METHOD = (
    f"non-negative least squares from {' and '.join(BACKGROUND)} on; a signature more for {GAIN:g} of log likelihood, "
    f"or {GAIN_PER_SUBSTITUTION:g} for each substitution where that is more; 95 % intervals of {REPLICATES} bootstrap "
    "samples, each with its own choice of signatures"
)
NOT_EXCLUDED = "A signature that is not listed is not excluded"


@dataclass(frozen=True)
class ReferenceSignatures:
    """Signatures of one build and kind of assay, artifacts left out."""

    names: tuple[str, ...]
    dictionary: Dictionary
    text: str
    """Set, version and licence."""


@cache
def etiologies() -> dict[str, str]:
    """Return what COSMIC proposes as the cause of each signature that is no artifact of sequencing."""
    with (files("genomodel.interpretation.biomarkers") / "signatures.tsv").open(encoding="utf-8") as handle:
        rows = csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t")
        return {row["signature"]: row["etiology"] for row in rows if row["artifact"] == "no"}


def reference_name(build: GenomeBuild, assay: Assay) -> str:
    """Return the registry's name of the signatures that fit a build and a kind of assay."""
    return f"cosmic_sbs_{build.value.lower()}{'_exome' if assay is Assay.WES else ''}"


@cache
def reference_signatures(name: str) -> ReferenceSignatures | None:
    """Read the signatures of a registry row; ``None`` where the file is not on this machine.

    Nothing is downloaded: COSMIC's terms are the user's to accept.

    Raises
    ------
    InputError
        The file is not the registered one, or does not hold the 96 channels.
    """
    if stored(name) is None:
        return None
    path = fetch(name)
    with path.open(encoding="utf-8") as handle:
        rows = list(csv.reader(handle, delimiter="\t"))
    header, body = rows[0], {row[0]: row[1:] for row in rows[1:] if row}
    if set(body) != set(CHANNELS):
        raise InputError("the rows are not the 96 channels of single-base substitutions", path=path)
    known = etiologies()
    kept = [index for index, signature in enumerate(header[1:]) if signature in known]
    matrix = np.array([[float(body[channel][index]) for index in kept] for channel in CHANNELS], dtype=np.float64)
    names = tuple(header[1 + index] for index in kept)
    row = resource(name)
    kind = "exome" if name.endswith("_exome") else "genome"
    build = "GRCh37" if "grch37" in name else "GRCh38"
    return ReferenceSignatures(
        names=names,
        dictionary=Dictionary(matrix / matrix.sum(axis=0), tuple(names.index(signature) for signature in BACKGROUND)),
        text=f"COSMIC SBS {row.version}, {build} {kind}, {len(names)} signatures ({row.licence})",
    )


def mutational_signatures(
    contexts: SubstitutionContexts | None, patient: Patient, failures: Sequence[str] = (), foreign: float = 0.0
) -> MutationalSignatures:
    """Refit a tumor's substitutions to reference signatures, or say why not.

    Parameters
    ----------
    contexts
        Somatic substitutions by channel; ``None`` where no reference genome was given.
    patient
        Assay, build and mode decide which signatures fit, if any do.
    failures
        Why the sample failed, if it did: then nothing is fitted.
    foreign
        Share of the tumor's DNA that is somebody else's, whose variants look like the tumor's.
    """
    total = contexts.total if contexts is not None else None
    reason = _unfit_patient(patient, failures, foreign) or _unfit_counts(contexts)
    if reason or contexts is None:
        return MutationalSignatures(assessable=False, reason=reason, substitutions=total, fewest=FEWEST)
    name = reference_name(patient.genome, patient.assay)
    reference = reference_signatures(name)
    if reference is None:
        reason = f"The reference signatures are not at hand: {where_to_put(name)}."
        return MutationalSignatures(assessable=False, reason=reason, substitutions=total, fewest=FEWEST)
    return _fitted(contexts, reference)


def where_to_put(name: str) -> str:
    """Say how a site gets the signatures of a registry row, whose terms do not let them be shipped."""
    row = resource(name)
    return (
        f"take them from {row.url.removeprefix('see:')} under {row.licence} and put them at {row.mirror_path} in the "
        "folder that GENOMODEL_MIRROR names"
    )


def _unfit_patient(patient: Patient, failures: Sequence[str], foreign: float) -> str:
    if patient.assay not in (Assay.WES, Assay.WGS):
        what = "a panel" if patient.assay is Assay.PANEL else "an assay that is not stated"
        return f"Only exomes and genomes hold enough substitutions of genes that nobody chose; this is {what}."
    if failures:
        return f"The sample failed: {'; '.join(failures)}."
    if foreign >= MUCH_FOREIGN:
        return f"{foreign:.0%} of the tumor's DNA is somebody else's, whose variants would be fitted as the tumor's."
    if patient.mode is CallingMode.TUMOR_ONLY:
        return "Without a matched normal inherited variants would be fitted as the tumor's."
    if patient.genome not in (GenomeBuild.GRCH37, GenomeBuild.GRCH38):
        return "The signatures are of GRCh37 and GRCh38, and the calls are of neither."
    return ""


def _unfit_counts(contexts: SubstitutionContexts | None) -> str:
    if contexts is None:
        return "The bases beside the substitutions are not known: give the reference genome (--reference)."
    every = contexts.total + contexts.without_bases
    if contexts.without_bases > MANY_LEFT_OUT * every:
        return (
            f"{contexts.without_bases} of {every} somatic substitutions lie where {contexts.genome} has no base, or "
            "another one; the rest may not be like them."
        )
    return f"{contexts.total} somatic substitutions, {FEWEST} needed." if contexts.total < FEWEST else ""


def _fitted(contexts: SubstitutionContexts, reference: ReferenceSignatures) -> MutationalSignatures:
    counts: Floats = np.array(contexts.counts, dtype=np.float64)
    found = refit(reference.dictionary, counts)
    ends = interval(bootstrap(reference.dictionary, counts, seed=SEED), found.members)
    known = etiologies()
    fitted = [
        SignatureExposure(
            signature=reference.names[member],
            share=round(float(share), 4),
            low=round(float(low), 4),
            high=round(float(high), 4),
            etiology=known[reference.names[member]],
        )
        for member, share, (low, high) in zip(found.members, found.shares, ends, strict=True)
    ]
    sure = tuple(exposure for exposure in fitted if exposure.low > 0)
    unsure = [exposure for exposure in fitted if exposure.low <= 0]
    notes = [NOT_EXCLUDED]
    if unsure:
        listed = ", ".join(f"{one.signature} {one.share:.0%} (0 to {one.high:.0%})" for one in unsure)
        notes.append(f"fitted, and perhaps not there at all: {listed}")
    if found.cosine < POOR_FIT:
        notes.insert(0, f"The fit is poor: cosine {found.cosine:.2f}")
    if contexts.without_bases:
        notes.append(f"{contexts.without_bases} substitutions lie where the reference has no base, or another one")
    return MutationalSignatures(
        assessable=True,
        reason=f"{'; '.join(notes)}.",
        substitutions=contexts.total,
        fewest=FEWEST,
        exposures=sure,
        cosine=round(found.cosine, 4),
        reference=reference.text,
        method=METHOD,
    )


def signature_gaps(found: MutationalSignatures | None, assay: Assay) -> list[NotAssessable]:
    """Return the line on signatures of exomes and genomes where none could be fitted; nobody asks a panel for them."""
    if found is None or found.assessable or assay not in (Assay.WES, Assay.WGS):
        return []
    return [NotAssessable(what=WHAT, reason=found.reason)]
