"""Finds faces and things in pictures, by small networks: where they are, never whose or which."""
