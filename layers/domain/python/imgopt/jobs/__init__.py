"""What a call asks for and what became of it: acceptance, dispatch, slots, status, results."""
