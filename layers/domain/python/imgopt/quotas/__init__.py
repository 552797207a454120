"""Counters and leases that limit the calls and the storage of one client."""
