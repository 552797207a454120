"""Users and guests, their credentials, and the limits of their tiers."""
