"""Markers of the tumor as a whole: mutational burden, signatures, repair."""
