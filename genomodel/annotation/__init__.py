"""What a variant does: reading annotated VCF and MAF, and annotating."""
