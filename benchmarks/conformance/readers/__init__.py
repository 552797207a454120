"""The second decoders. None shares code with the decoder of the service for the same format."""
