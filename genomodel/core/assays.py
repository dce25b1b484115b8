"""What was looked for beside small variants."""

from __future__ import annotations

from genomodel.core.base import Noun
from genomodel.core.identity import IdentityChecks
from genomodel.core.loci import HotspotAssay
from genomodel.core.microsatellites import MicrosatelliteAssay
from genomodel.core.rearrangements import RearrangementAssay
from genomodel.core.sample_quality import SampleQuality


class Assays(Noun):
    """One answer for each thing that was looked for; ``None`` where nobody looked."""

    hotspots: HotspotAssay | None = None
    identity: IdentityChecks | None = None
    msi: MicrosatelliteAssay | None = None
    quality: SampleQuality | None = None
    rearrangements: RearrangementAssay | None = None


NOTHING_ELSE = Assays()
"""Small variants alone were looked for."""
