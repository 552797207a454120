"""The geometry of an SVG's shapes, for what resvg has to be told in other words."""
