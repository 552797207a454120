"""Uploads: how they are checked, named, stored and found."""
