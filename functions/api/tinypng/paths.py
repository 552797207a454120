"""The paths of TinyPNG's API. All answers there have TinyPNG's form, errors included."""

TINYPNG_PATHS = ("/shrink", "/output/", "/keys/")


def is_tinypng(path: str) -> bool:
    return path.startswith(TINYPNG_PATHS)
