"""Finds faces and objects in pictures by small networks. Only their places are found, not identities."""
