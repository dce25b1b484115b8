"""Sample sheets to patients and a plan of work."""
