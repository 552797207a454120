"""Second decoders, each with none of the code by which the service reads a format."""
