"""A small synthetic genome and patients with known variants."""
