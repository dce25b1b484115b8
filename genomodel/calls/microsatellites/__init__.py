"""Microsatellite instability: repeats of the assay, their lengths in the reads, and the share that is unstable."""
