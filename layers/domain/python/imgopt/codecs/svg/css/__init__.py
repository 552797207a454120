"""The parts of CSS that decide how an SVG looks, resolved to what resvg supports."""
