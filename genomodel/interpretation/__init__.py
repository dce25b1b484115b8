"""What is known about a variant and what became of every record."""
