"""What a CIViC variant's name asks of a tumor.

Names are of a loose grammar, kept by curators since 2015; each rule below takes one shape of name, and the first that
knows the name decides. A name that no rule knows is ``text``: shown, never matched, and listed by ``kb validate``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from genomodel.core.knowledge import Operator, Profile
from genomodel.interpretation.knowledge_bases.named_variant import NamedVariant, protein_allele, split_coding
from genomodel.resources.gene_symbols import current_symbol

UNKNOWN_NAME = "the name is of no shape that is known"
_GENE = r"[A-Z0-9][A-Za-z0-9.-]*"
_FUSION = re.compile(
    rf"(?:reg_e@\[)?(?P<five>{_GENE}|v|\?)\]?::(?P<three>{_GENE}|v|\?)"
    r"(?:\s+fusion)?(?:\s+e(?P<from>\d+)\s*(?:-|::)\s*e(?P<to>\d+))?(?P<rest>\s.*)?$",
    re.IGNORECASE,
)
_EXON = re.compile(r"exons?\s+(?P<first>\d+)(?:\s*-\s*(?P<last>\d+))?\s+(?P<what>.*)$", re.IGNORECASE)
_PARTS_OF = {"NUTM2": ("NUTM2A", "NUTM2B", "NUTM2E"), "ABL": ("ABL1",)}
"""Partners that the release of 2024 names by a family or an old symbol, as the release of 2026 names them."""
_EXONS_COUNTED_OTHERWISE = {("PIK3CA", "9"): "10", ("PIK3CA", "20"): "21"}
"""CIViC's own aliases: counted without the first exon, which codes for nothing."""
_NOT_SEEN = (
    (r"expression|overexpression|underexpression|serum levels|mislocalization|translocation.*nuclear|nuclear transl",
     "expression, amount or place of the gene's product is not measured"),
    (r"methylation|epimutation", "methylation is not measured"),
    (r"phosphorylation", "phosphorylation is not measured"),
    (r"^cd44v?\d|alternative transcript|ar-v7|\bati\b", "transcript variants are not measured"),
    (r"\*\d+|genotype|tandem repeat|polymorphism|haplotype", "a germline genotype, which is not called"),
    (r"rare .*mutation", "which mutations are rare is not stated"),
    (r"domain|p-loop|tkd mutation|conserved", "the residues of the domain are not in the release"),
    (r"intron \d+ (mutation|rearrangement)", "an intron, in which breakpoints and variants are not told"),
    (r"internal duplication|\bitd\b", "a tandem duplication of a domain, for which no rule exists in this gene"),
    (r"deletion and mutation", "whether one or both is asked for is not stated"),
    (r"copy number variation", "the direction of the copy-number change is not stated"),
    (r"truncating fusion|double ph|11mb del|alu insertion|exon deletion|null \(",
     "a structure that names neither partner nor extent"),
    (r"\bc\.|ivs\d|utr alteration|\brs\d+|snp\d+|splice|^p\.|\d+del|t17 deletion",
     "a change of DNA without alleles or a transcript to find it on"),
    (r"kataegis|signature|^ck |^low|tmb", "a marker of the whole tumor that is not measured"),
)  # fmt: skip
_CLASSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"mutations?", ("mutation",)),
    (r"alteration", ("mutation", "deep_deletion")),
    (r"activating mutation|gain-of-function", ("hotspot",)),
    (r"inactivating mutation|deleterious mutation|loss-of-function|loss", ("loss_of_function",)),
    (r"truncating mutation|truncation", ("truncating",)),
    (r"frame ?shift(?: truncation)?", ("frameshift",)),
    (r"amplification", ("amplification",)),
    (r"deletion", ("deep_deletion",)),
    (r"wild ?-?type", ("wild_type",)),
    (r"fusion|rearrangements?|translocation", ("fusion",)),
    (r"loh", ("loh",)),
    (r"copy-neutral loss of heterozygosity", ("copy_neutral_loh",)),
)
_EFFECTS = {
    ("FLT3", "itd"): "FLT3_ITD",
    ("FLT3", "tkd mutation"): "FLT3_TKD",
    ("BCOR", "itd"): "BCOR_ITD",
    ("TERT", "promoter mutation"): "TERT_PROMOTER_C228T,TERT_PROMOTER_C250T",
    ("TERT", "c228t"): "TERT_PROMOTER_C228T",
    ("TERT", "c250t"): "TERT_PROMOTER_C250T",
    ("MET", "exon 14 skipping mutation"): "MET_EXON_14_SKIPPING",
    ("EGFR", "exon 19 deletion"): "EGFR_EXON_19_DELETION",
    ("EGFR", "exon 19 del"): "EGFR_EXON_19_DELETION",
    ("EGFR", "exon 20 insertion"): "EGFR_EXON_20_INSERTION",
    ("ERBB2", "exon 20 insertion"): "ERBB2_EXON_20_INSERTION",
    ("CALR", "exon 9 frameshift"): "CALR_EXON_9_FRAMESHIFT",
    ("NPM1", "exon 12 mutation"): "NPM1_C_TERMINAL_FRAMESHIFT",
    ("NPM1", "exon 11 mutation"): "NPM1_C_TERMINAL_FRAMESHIFT",
    ("CEBPA", "n-terminal frame shift"): "CEBPA_N_TERMINAL_TRUNCATION",
    ("CTNNB1", "exon 3 mutation"): "CTNNB1_EXON_3",
}
"""Names that a row of the table of named effects is about."""


def profile_of(variant: NamedVariant) -> Profile:
    """Return what a variant asks of a tumor: one criterion, or several for names that join some."""
    for rule in _RULES:
        found = rule(variant)
        if found is not None:
            return found
    return variant.text(UNKNOWN_NAME)


def _words(variant: NamedVariant) -> str:
    return re.sub(r"\s+", " ", variant.name).strip()


def _effect(variant: NamedVariant) -> Profile | None:
    value = _EFFECTS.get((variant.symbols[0], _words(variant).lower()))
    return variant.criterion("effect", value) if value else None


def _whole_tumor(variant: NamedVariant) -> Profile | None:
    name = f"{variant.gene} {variant.name}".strip().lower()
    kind = {"msi high": "msi_high", "msi-high": "msi_high", "tmb high": "tmb_high"}.get(name)
    return NamedVariant("", variant.name).criterion(kind) if kind else None


def _fusion(variant: NamedVariant) -> Profile | None:
    match = _FUSION.match(_words(variant))
    if match is None or "methylation" in variant.name.lower():
        return None
    ends = [_partner(match[side]) for side in ("five", "three")]
    exons = f":{match['from']}-{match['to']}" if match["from"] else ""
    own = variant.gene or next(name for name in (ends[1][0], ends[0][0]) if name != "?")
    bearer = NamedVariant(own, variant.name, chrom=variant.chrom)
    parts = [bearer.criterion("fusion", f"{five}::{three}{exons}") for five in ends[0] for three in ends[1]]
    fusion = Profile.join(Operator.ANY, tuple(parts))
    rest = (match["rest"] or "").strip()
    if not rest:
        return fusion
    beside = [protein_allele(part) for part in re.split(r"\s+and\s+", rest)]
    if not all(beside):
        return variant.text("what is asked for beside the fusion is not known")
    return Profile.join(Operator.ALL, (fusion, *(bearer.criterion("allele", allele) for allele in beside)))


def _partner(text: str) -> tuple[str, ...]:
    if text.lower() in ("v", "?"):
        return ("?",)
    return _PARTS_OF.get(text.upper(), (current_symbol(text),))


def _several(variant: NamedVariant) -> Profile | None:
    """Take names that join protein changes or exons: ``H1047L or H1047R``, ``G12/G13``, ``S310F/Y``."""
    name = _words(variant)
    joint = re.match(r"(exon \d+)( mutation)? (and|or) (exon \d+ mutation)$", name, re.IGNORECASE)
    if joint:
        pair = (f"{joint[1]} Mutation", joint[4])
        parts = [_exon(NamedVariant(variant.gene, text)) for text in pair]
        operator = Operator.ALL if joint[3].lower() == "and" else Operator.ANY
        return Profile.join(operator, tuple(part for part in parts if part is not None))
    slash = re.match(r"([A-Z])(\d+)([A-Z](?:/[A-Z])+)$", name)
    if slash:
        return variant.criterion("allele", ",".join(f"{slash[1]}{slash[2]}{alt}" for alt in slash[3].split("/")))
    if re.match(r"[A-Z]\d+(/[A-Z]\d+)+$", name):
        return variant.criterion("codon", name.replace("/", ","))
    for word, operator in ((" or ", Operator.ANY), (" and ", Operator.ALL)):
        alleles = [protein_allele(split_coding(re.sub(r"\(c\.", " (c.", part))[0]) for part in name.split(word)]
        if len(alleles) > 1 and all(alleles):
            return Profile.join(operator, tuple(variant.criterion("allele", allele) for allele in alleles))
    return None


def _codon(variant: NamedVariant) -> Profile | None:
    name = _words(variant)
    return variant.criterion("codon", name.upper()) if re.match(r"[A-Z]\d+$", name, re.IGNORECASE) else None


def _other_codons(variant: NamedVariant) -> Profile | None:
    """Take BRAF ``Non-V600``: any change of the protein but of that residue; the protein has 766."""
    if (variant.gene, variant.name.lower()) != ("BRAF", "non-v600"):
        return None
    return variant.any_of("protein_region:1-599", "protein_region:601-766")


def _exon(variant: NamedVariant) -> Profile | None:
    match = _EXON.match(_words(variant))
    if match is None:
        return None
    what = match["what"].lower()
    classes = {"mutation": "mutation", "insertion": "insertion", "frameshift": "frameshift", "skipping": "skipping"}
    classes |= {"deletion": "deletion" if "inframe_deletion" in variant.types and not match["last"] else "skipping"}
    if what not in classes:
        return None
    first = _EXONS_COUNTED_OTHERWISE.get((variant.gene, match["first"]), match["first"])
    numbers = f"{first}-{match['last']}" if match["last"] else first
    return variant.criterion("exon", f"{numbers}:{classes[what]}")


_NICKNAMES = {
    ("EGFR", "viii"): ("exon", "2-7:skipping"),
    ("EGFR", "egfrviii"): ("exon", "2-7:skipping"),
    ("KIT", "internal duplication"): ("exon", "11:insertion"),
    ("TP53", "dna binding domain mutation"): ("protein_region", "163-263"),
    ("TP53", "conserved domain mut"): ("protein_region", "97-292"),
    ("ERBB2", "kinase domain mutation"): ("protein_region", "720-976"),
    ("PML", "b2 domain mutation"): ("protein_region", "216-218"),
    ("ASXL1", "exon 12 mutation"): ("protein_region", "574-1541"),
}
"""Names that mean exons or residues: EGFRvIII lacks exons 2 to 7, and the release places KIT's duplication on exon 11.
ASXL1's exon 12 is the last of NM_015338 as it was counted; the version of MANE Select has 13, so that residues tell it.
Residues of domains are counted from the release's places on GRCh37 along the coding sequences of NM_000546, NM_004448
and NM_033238 (UCSC refGene); those that it places beyond the coding sequence, or nowhere, stay text."""


def _nickname(variant: NamedVariant) -> Profile | None:
    found = _NICKNAMES.get((variant.gene, _words(variant).lower()))
    return variant.criterion(*found) if found else None


_ANY_DELETION = (("IKZF1", "deletion"),)
"""Deletions of which the evidence counts those of one copy: the cohorts of all items of the release are of leukemias in
which a focal deletion of either kind was looked for."""
_SECOND_ALLELE = "a second allele on the other copy would do as well, and on which copy an allele lies is not told"


def _both_copies(variant: NamedVariant) -> Profile:
    """Ask for the loss of both copies: of all, or of function with heterozygosity, or open of a second allele."""
    second = Profile.join(Operator.ANY, (variant.criterion("loh"), variant.text(_SECOND_ALLELE)))
    mutated = Profile.join(Operator.ALL, (variant.criterion("loss_of_function"), second))
    return Profile.join(Operator.ANY, (variant.criterion("deep_deletion"), mutated))


def _by_class(variant: NamedVariant) -> Profile | None:
    name = _words(variant).lower().removeprefix(f"{variant.gene.lower()} ")
    if name == "loss" and "transcript_ablation" in variant.types:
        return variant.criterion("deep_deletion")
    if name == "biallelic inactivation":
        return _both_copies(variant)
    if (variant.symbols[0], name) in _ANY_DELETION:
        return variant.criterion("loss")
    for pattern, kinds in _CLASSES:
        if re.fullmatch(pattern, name):
            return variant.any_of(*kinds)
    return None


def _protein(variant: NamedVariant) -> Profile | None:
    name, coding = split_coding(re.sub(r"\s*\(exon \w+\)$", "", _words(variant)))
    allele = protein_allele(name)
    if not allele:
        return None
    exact = variant.exactly()
    if exact is not None and ((coding and re.search(r"\d+fs$", allele)) or allele.startswith("*")):
        return exact
    return None if allele.startswith("*") else variant.criterion("allele", allele, handles=True)


def _exact(variant: NamedVariant) -> Profile | None:
    """Take whatever the release gives the alleles or a coding name of: splice sites, polymorphisms, promoters."""
    large = re.search(r"deletion$|duplication$|mutation$|expression", variant.name, re.IGNORECASE)
    wide = any(place.end - place.start > 50 and not place.ref for place in variant.places)
    return None if large or wide else variant.exactly()


def _zygosity(variant: NamedVariant) -> Profile | None:
    homozygous = "homozygosity" in variant.name.lower()
    return variant.text("two copies of an allele are asked for, and zygosity is not told") if homozygous else None


def _not_seen(variant: NamedVariant) -> Profile | None:
    name = _words(variant).lower()
    return next((variant.text(gap) for pattern, gap in _NOT_SEEN if re.search(pattern, name)), None)


_RULES: tuple[Callable[[NamedVariant], Profile | None], ...] = (
    _effect,
    _whole_tumor,
    _fusion,
    _several,
    _codon,
    _other_codons,
    _nickname,
    _exon,
    _by_class,
    _protein,
    _zygosity,
    _exact,
    _not_seen,
)
