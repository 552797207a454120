"""Programs that sign in by a code, and the tokens that they get."""
