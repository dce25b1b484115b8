"""Quality of reads: coverage, exons, and the limits they are held to."""
