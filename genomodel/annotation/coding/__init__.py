"""What an allele does to a transcript, from the genome's bases and gene models alone."""
