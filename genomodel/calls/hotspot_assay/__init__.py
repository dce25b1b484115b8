"""The looked-for negative: what the reads say of each locus that a tumor board asks about."""
