"""An SVG in the words that resvg understands: what browsers draw and resvg doesn't know is put in other terms."""
