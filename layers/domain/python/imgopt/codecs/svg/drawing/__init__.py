"""Converts an SVG to what resvg supports: features that only browsers support are expressed by others."""
