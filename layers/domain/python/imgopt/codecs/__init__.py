"""One folder for each format, with its header, codec and metadata. Other modules recognize the format of a file."""
