"""Finds the places of faces and objects in images by small neural networks. It does not identify anyone."""
