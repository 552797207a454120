"""One folder per format: its header, codec and metadata. The modules beside them recognize an unknown file."""
