"""Jobs: acceptance, dispatch, slots, status and results."""
