"""What the project is made of, by others: locked, listed, and asked about."""
