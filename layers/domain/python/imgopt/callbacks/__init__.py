"""Signed events that the service sends to a URL of the client when a job ends."""
