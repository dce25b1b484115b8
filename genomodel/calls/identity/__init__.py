"""Of whom the samples are, and how pure: concordance, sex, foreign DNA, tumor in the normal, matches over a cohort."""

from genomodel.calls.identity.check import Given, check_samples
from genomodel.calls.identity.read import read_identity

__all__ = ["Given", "check_samples", "read_identity"]
