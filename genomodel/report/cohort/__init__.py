"""One page over all patients of a run."""
