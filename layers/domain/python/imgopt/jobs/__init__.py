"""Jobs: acceptance, start, slots, status and results."""
