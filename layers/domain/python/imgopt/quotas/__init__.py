"""Counts and leases that limit what one client may do in a time."""
