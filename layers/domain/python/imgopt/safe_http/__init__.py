"""Requests to addresses that clients name. Nothing of the service's own network can be reached by them."""
