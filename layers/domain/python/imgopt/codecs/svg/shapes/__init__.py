"""The geometry of SVG shapes, for features that resvg doesn't support."""
