"""What was looked for beside small variants."""

from __future__ import annotations

from genomodel.core.base import Noun
from genomodel.core.loci import HotspotAssay
from genomodel.core.sample_quality import SampleQuality


class Assays(Noun):
    """One answer for each thing that was looked for; ``None`` where nobody looked."""

    hotspots: HotspotAssay | None = None
    quality: SampleQuality | None = None


NOTHING_ELSE = Assays()
"""Small variants alone were looked for."""
