"""Sign-in of programs by device codes, and the programs' tokens."""
