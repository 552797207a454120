"""Payments by x402: offers, signatures, and how they are settled."""
