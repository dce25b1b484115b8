"""Knowledge bases beside the core's: one module each, and one row of :mod:`.bases`."""
