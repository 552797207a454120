"""Uploads: checks, names, storage and look-up."""
