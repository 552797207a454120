"""Sign-in of programs by a device code, and their tokens."""
