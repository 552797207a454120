"""Which paths are those of TinyPNG's API: what is answered there has its shape, from the first byte to the last."""

TINYPNG_PATHS = ("/shrink", "/output/", "/keys/")


def is_tinypng(path: str) -> bool:
    return path.startswith(TINYPNG_PATHS)
