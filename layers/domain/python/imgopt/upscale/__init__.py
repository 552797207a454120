"""Images made larger by networks, and what that needs."""
