"""How likely a variant is to drive a cancer, by the codes and points of the ClinGen/CGC/VICC standard.

Horak et al. 2022, doi:10.1016/j.gim.2022.01.001. :func:`classify` gives the class with every code, what it rests on, or
which source it would need.
"""

from genomodel.interpretation.oncogenicity.classify import CLASSIFIED, classify
from genomodel.interpretation.oncogenicity.sources import OncogenicitySources, SourceName

__all__ = ["CLASSIFIED", "OncogenicitySources", "SourceName", "classify"]
