"""One variant or event of an interpretation explained from its record to its tier."""
