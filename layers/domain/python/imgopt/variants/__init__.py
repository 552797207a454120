"""Images by URL: sources, what is stored of them, and that each is made once."""
