"""Payments by x402: offers, signatures and settlement."""
