"""A folder for each format: its header, its pixels, its metadata; and what reads an unknown file's head."""
