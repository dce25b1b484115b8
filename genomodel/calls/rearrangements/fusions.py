"""From a junction and gene models to a fusion with its 5' gene, its exons and its frame."""

from __future__ import annotations

from dataclasses import dataclass

from genomodel.calls.rearrangements.breakends import Breakend, Junction, Side
from genomodel.calls.rearrangements.genes import FusionModels, Transcript
from genomodel.core.rearrangements import (
    ACCEPTOR_BASES,
    DONOR_BASES,
    NO_GENE,
    Frame,
    JoinedGene,
    Rearrangement,
    RearrangementKind,
    Support,
)
from genomodel.core.variants import Fusion
from genomodel.resources.actionable_fusions import FIVE, ExonLoss, FusionGene, exon_losses, fusion_genes


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a breakend cuts a transcript."""

    transcript: Transcript
    end: Breakend
    upstream: bool
    """Whether the part that is kept is the upstream one."""
    exon: int | None
    """The last whole exon that is kept of the upstream part, the first one of the downstream part."""
    within_exon: bool
    place: str

    @property
    def coding_edge(self) -> int | None:
        """Coding bases upstream of the splice junction; ``None`` where the cut is within an exon or keeps no exon."""
        if self.exon is None or self.within_exon:
            return None
        first, last = self.transcript.exons[self.exon - 1]
        if self.upstream:
            edge = last + 1 if self.transcript.forward else first - 1
        else:
            edge = first if self.transcript.forward else last
        return self.transcript.coding_before(edge)

    def joined(self) -> JoinedGene:
        """Return the side as it is reported."""
        item = self.transcript
        return JoinedGene(
            gene=item.gene,
            chrom=self.end.chrom,
            pos=self.end.pos,
            transcript=item.name,
            place=self.place,
            exon=self.exon,
            n_exons=len(item.exons),
        )


def cut(transcript: Transcript, end: Breakend) -> Cut:
    """Say where a breakend within a transcript cuts it."""
    upstream = (end.side is Side.LEFT) is transcript.forward
    exons = transcript.exons
    inside = next((n for n, (first, last) in enumerate(exons, 1) if first <= end.pos <= last), None)
    if inside is not None:
        first, last = exons[inside - 1]
        border = (last if end.side is Side.LEFT else first) == end.pos
        return Cut(transcript, end, upstream, inside, not border, _exon_words(transcript, inside, end.pos))
    passed = sum((last < end.pos) if transcript.forward else (first > end.pos) for first, last in exons)
    exon = passed if upstream else passed + 1
    return Cut(transcript, end, upstream, exon if 1 <= exon <= len(exons) else None, False, f"intron {passed}")


def _exon_words(transcript: Transcript, number: int, pos: int) -> str:
    coding = any(first <= pos <= last for first, last in transcript.coding)
    if coding or not transcript.coding:
        return f"exon {number}"
    return f"exon {number}, {5 if transcript.coding_before(pos) == 0 else 3}' UTR"


def frame_of(five: Cut, three: Cut) -> tuple[Frame, str]:
    """Return whether the 3' part is read in its frame behind the 5' part, on the transcripts that are reported."""
    if five.within_exon or three.within_exon:
        return Frame.UNKNOWN, "the genome breaks within an exon, so that splicing is not known"
    before, left_out = five.coding_edge, three.coding_edge
    if before is None or left_out is None:
        return Frame.UNKNOWN, "no whole exon is kept on one side"
    if three.transcript.coding and left_out >= three.transcript.coding_length:
        return Frame.OUT_OF_FRAME, "only the 3' UTR of the 3' gene is kept"
    unknown = (
        (
            not (five.transcript.coding and three.transcript.coding),
            "one gene has no coding sequence in the gene models",
        ),
        (left_out == 0, "the whole coding sequence of the 3' gene is kept: it may start at its own start codon"),
        (before == 0, "only the 5' UTR of the 5' gene is kept"),
        (before >= five.transcript.coding_length, "the 5' gene is kept up to its stop codon"),
    )
    why = next((words for holds, words in unknown if holds), "")
    if why:
        return Frame.UNKNOWN, why
    same = before % 3 == left_out % 3
    return (Frame.IN_FRAME if same else Frame.OUT_OF_FRAME), "coding bases up to the joined exons"


def domain_of(listed: FusionGene | None, exon: int | None, n_exons: int | None) -> str:
    """Return whether the exons that the listed gene needs are kept; empty where nobody can tell."""
    if listed is None or listed.domain_exons is None or exon is None or n_exons != listed.n_exons:
        return ""
    first, last = listed.domain_exons
    if listed.role == FIVE:
        return "kept" if exon >= last else "lost" if exon < first else "partly kept"
    return "kept" if exon <= first else "lost" if exon > last else "partly kept"


def fusion_of(junction: Junction, models: FusionModels) -> tuple[Cut | None, Cut | None] | None:
    """Return the upstream and the downstream cut that a junction joins into one transcript, if it does.

    One of them is ``None`` where only one side lies in a gene, which then is of the actionable list.
    """
    sides = [
        [cut(item, end) for item in models.at(end.chrom, end.pos).values()] for end in (junction.one, junction.two)
    ]
    genes = [{item.transcript.gene for item in side} for side in sides]
    if genes[0] & genes[1] & set(fusion_genes()) or (genes[0] and genes[0] == genes[1]):
        return None
    pairs = [
        (a, b) if a.upstream else (b, a)
        for a in sides[0]
        for b in sides[1]
        if a.upstream is not b.upstream and a.transcript.gene != b.transcript.gene
    ]
    if pairs:
        return min(pairs, key=_preference)
    for side, other in ((0, 1), (1, 0)):
        for item in sides[side]:
            listed = fusion_genes().get(item.transcript.gene)
            if listed is not None and not sides[other] and item.upstream is (listed.role == FIVE):
                return (item, None) if item.upstream else (None, item)
    return None


def _preference(pair: tuple[Cut, Cut]) -> tuple[bool, bool, int, str, str]:
    five, three = (item.transcript for item in pair)
    genes = fusion_genes()
    in_role = any(gene in genes and genes[gene].role == role for gene, role in ((five.gene, "5"), (three.gene, "3")))
    return (
        not in_role,
        not (five.coding and three.coding),
        five.rank + three.rank,
        five.gene,
        three.gene,
    )


def fusion_call(
    five: Cut | None, three: Cut | None, junction: Junction, support: Support, *, confirmed: bool, reason: str
) -> Rearrangement:
    """Return two cuts as a call."""
    frame, why = Frame.UNKNOWN, "the other side lies in no gene that the gene models have"
    if five is not None and three is not None:
        frame, why = frame_of(five, three)
    sides = {
        "five": five.joined() if five else _nowhere(junction, three),
        "three": three.joined() if three else _nowhere(junction, five),
    }
    return Rearrangement(
        kind=RearrangementKind.FUSION,
        frame=frame,
        frame_reason=why,
        domain=domain_of_pair(sides["five"], sides["three"]),
        support=(support,),
        confirmed=confirmed,
        unconfirmed_reason=reason,
        **sides,
    )


def domain_of_pair(five: JoinedGene, three: JoinedGene) -> str:
    """Return whether the domain of the listed gene is kept."""
    genes = fusion_genes()
    for side, role in ((three, "3"), (five, FIVE)):
        if side.gene in genes and genes[side.gene].role == role:
            return domain_of(genes[side.gene], side.exon, side.n_exons)
    return ""


def _nowhere(junction: Junction, known: Cut | None) -> JoinedGene:
    other = junction.one if known is not None and known.end == junction.two else junction.two
    return JoinedGene(gene=NO_GENE, chrom=other.chrom, pos=other.pos)


def is_listed(fusion: Fusion) -> bool:
    """Whether one of the genes is of the actionable list, in whatever role."""
    return bool({fusion.gene_5, fusion.gene_3} & set(fusion_genes()))


def lost_exons(junction: Junction, models: FusionModels) -> tuple[Cut, Cut] | None:
    """Return the cuts before and after the exons that a deletion takes out of a gene with a named loss of exons."""
    if not junction.is_deletion:
        return None
    low, high = sorted((junction.one, junction.two), key=lambda end: end.pos)
    named = {loss.gene for loss in exon_losses()}
    before, after = models.at(low.chrom, low.pos), models.at(high.chrom, high.pos)
    for gene in sorted(named & set(before) & set(after)):
        cuts = sorted((cut(before[gene], low), cut(before[gene], high)), key=lambda item: not item.upstream)
        last, first = cuts[0].exon, cuts[1].exon
        if last is None or first is None or cuts[0].within_exon or cuts[1].within_exon:
            continue
        spans = {loss.exons for loss in exon_losses() if loss.gene == gene}
        if (last + 1, first - 1) in spans:
            return cuts[0], cuts[1]
    return None


def lost_splice_site(junction: Junction, models: FusionModels) -> tuple[Cut, Cut, ExonLoss, str] | None:
    """Return the cuts, the named loss and the site where a deletion takes a splice site but not the whole exon.

    The neighbors of the exon have to be left whole; of those the named losses say nothing.
    """
    if not junction.is_deletion:
        return None
    low, high = sorted((junction.one, junction.two), key=lambda end: end.pos)
    first, last = low.pos + 1, high.pos - 1
    at_low, at_high = models.at(low.chrom, low.pos), models.at(high.chrom, high.pos)
    for loss in exon_losses():
        item, number = at_low.get(loss.gene), loss.exons[0]
        if item is None or loss.gene not in at_high or number != loss.exons[1] or not 1 < number < len(item.exons):
            continue
        exon, around = item.exons[number - 1], (item.exons[number - 2], item.exons[number])
        if any(start <= last and first <= end for start, end in around) or first > last:
            continue
        before, after = (ACCEPTOR_BASES, DONOR_BASES) if item.forward else (DONOR_BASES, ACCEPTOR_BASES)
        hit = (
            first < exon[0] and last >= exon[0] - before,
            last > exon[1] and first <= exon[1] + after,
        )
        if any(hit):
            names = ("acceptor", "donor") if item.forward else ("donor", "acceptor")
            site = " and ".join(name for name, lost in zip(names, hit, strict=True) if lost)
            five, three = sorted((cut(item, low), cut(item, high)), key=lambda found: not found.upstream)
            return five, three, loss, site
    return None


def splice_site_call(
    five: Cut, three: Cut, loss: ExonLoss, site: str, support: Support, *, reason: str
) -> Rearrangement:
    """Return a lost splice site as a call, which waits for RNA."""
    what = f"the splice {site} of exon {loss.exons[0]} is lost, but whether the exon is skipped only RNA shows"
    return Rearrangement(
        kind=RearrangementKind.SPLICE_SITE_LOST,
        five=five.joined(),
        three=three.joined(),
        frame_reason="whether the exon is skipped is not known",
        exons_lost=loss.exons,
        support=(support,),
        confirmed=False,
        unconfirmed_reason="; ".join(text for text in (what, reason) if text),
    )


def losses_at(chrom: str, pos: int, models: FusionModels) -> list[ExonLoss]:
    """Return the named losses between whose neighboring exons a position lies."""
    found = {}
    for loss in exon_losses():
        item = models.at(chrom, pos).get(loss.gene)
        if item is not None and loss.exons[0] > 1 and loss.exons[1] < len(item.exons):
            ends = (*item.exons[loss.exons[0] - 2], *item.exons[loss.exons[1]])
            if min(ends) <= pos <= max(ends):
                found[loss.gene, loss.exons] = loss
    return list(found.values())


def loss_call(five: Cut, three: Cut, support: Support, *, confirmed: bool, reason: str) -> Rearrangement:
    """Return lost exons as a call."""
    frame, why = frame_of(five, three)
    first, last = (five.exon or 0) + 1, (three.exon or 0) - 1
    return Rearrangement(
        kind=RearrangementKind.EXONS_LOST,
        five=five.joined(),
        three=three.joined(),
        frame=frame,
        frame_reason=why,
        exons_lost=(first, last),
        support=(support,),
        confirmed=confirmed,
        unconfirmed_reason=reason,
    )
