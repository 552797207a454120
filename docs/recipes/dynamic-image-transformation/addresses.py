"""Image URLs for addresses of AWS's Dynamic Image Transformation, whose path is JSON in base64.

Reads addresses or paths, one a line, and writes `old<tab>new`. One that asks for what can't be had here gets a line on
standard error, and no new one; then it ends with 1. Needs IMGOPT_SERVER, IMGOPT_URL_KEYS and IMGOPT_URL_SALTS.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

Edits = dict[str, Any]
GRAVITIES = {
    **dict.fromkeys(("centre", "center"), "ce"),
    **dict.fromkeys(("top", "north"), "no"),
    **dict.fromkeys(("bottom", "south"), "so"),
    **dict.fromkeys(("left", "west"), "we"),
    **dict.fromkeys(("right", "east"), "ea"),
    **dict.fromkeys(("left top", "northwest"), "nowe"),
    **dict.fromkeys(("right top", "northeast"), "noea"),
    **dict.fromkeys(("left bottom", "southwest"), "sowe"),
    **dict.fromkeys(("right bottom", "southeast"), "soea"),
    **dict.fromkeys(("attention", "entropy"), "sm"),
}
TYPES = {"cover": "fill", "contain": "fit", "fill": "force", "inside": "fit"}
FORMATS = {"jpeg": "jpg", "jpg": "jpg", "png": "png", "webp": "webp", "avif": "avif", "gif": "gif", "tiff": "tiff"}
BLACK = {"r": 0, "g": 0, "b": 0}


class NotAvailable(ValueError):
    """Says what there is no counterpart of."""


def translate(request: Edits) -> str:
    """A path to be signed. Raises NotAvailable."""
    edits = {name: value for name, value in request.get("edits", {}).items() if value is not False}
    if unknown := sorted(set(edits) - EDITS.keys()):
        raise NotAvailable(", ".join(unknown))
    after_resize = list(edits)[list(edits).index("resize") :] if "resize" in edits else []
    if late := [name for name in after_resize if name == "extract" or (name == "rotate" and is_quarter_turn(edits))]:
        raise NotAvailable(f"{late[0]} after resize")
    options = [option for name, write in EDITS.items() if name in edits for option in write(edits[name], edits)]
    chosen = request.get("outputFormat") or edits.get("toFormat")
    if chosen and chosen not in FORMATS:
        raise NotAvailable(f"the format {chosen}")
    source = f"s3://{request['bucket']}/{quote(request['key'])}"
    encoded = base64.urlsafe_b64encode(source.encode()).rstrip(b"=").decode()
    return "/" + "/".join([*options, encoded]) + (f".{FORMATS[chosen]}" if chosen else "")


def resize(value: Edits, _: Edits) -> list[str]:
    _only(value, "resize", "width", "height", "fit", "position", "background", "withoutEnlargement")
    width, height = (round(float(value.get(side) or 0)) for side in ("width", "height"))
    fit = value.get("fit", "cover")
    if fit not in TYPES:
        raise NotAvailable(f"resize.fit {fit}")
    # Of one side alone the other follows.
    kind = TYPES[fit] if width and height else "fit"
    made = [f"rs:{kind}:{width}:{height}:{int(not value.get('withoutEnlargement'))}"]
    if kind == "fill" and "position" in value:
        made.append(f"g:{_known(GRAVITIES, value['position'], 'resize.position')}")
    if fit == "contain" and width and height:
        made += ["ex:1", _background(value.get("background", BLACK))]
    return made


def extract(value: Edits, _: Edits) -> list[str]:
    _only(value, "extract", "left", "top", "width", "height")
    return ["c:{width}:{height}:nowe:{left}:{top}".format(**value)]


def extend(value: Edits, _: Edits) -> list[str]:
    _only(value, "extend", "top", "right", "bottom", "left", "background")
    sides = ":".join(str(value.get(side, 0)) for side in ("top", "right", "bottom", "left"))
    return [f"pd:{sides}", _background(value.get("background", BLACK))]


def rotate(value: int | None, _: Edits) -> list[str]:
    """None is by EXIF, as always here."""
    if value is not None and value % 90:
        raise NotAvailable(f"rotate by {value}")
    return [f"rot:{value % 360}"] if value else []


def mirror(_: bool, edits: Edits) -> list[str]:
    """sharp mirrors before it turns, and here it is the other way round."""
    down, across = int(bool(edits.get("flip"))), int(bool(edits.get("flop")))
    return [f"fl:{down}:{across}" if is_quarter_turn(edits) else f"fl:{across}:{down}"]


def is_quarter_turn(edits: Edits) -> bool:
    return (edits.get("rotate") or 0) % 180 == 90


def flatten(value: Edits | bool, _: Edits) -> list[str]:
    return [_background(value.get("background", BLACK) if isinstance(value, dict) else BLACK)]


def trim(value: Edits | float | bool, _: Edits) -> list[str]:
    known = value if isinstance(value, dict) else {} if value is True else {"threshold": value}
    _only(known, "trim", "threshold")
    return [f"t:{known.get('threshold', 10)}"]


def by_sigma(name: str, option: str) -> Callable[[Any, Edits], list[str]]:
    def write(value: Any, _: Edits) -> list[str]:
        sigma = value.get("sigma") if isinstance(value, dict) and set(value) == {"sigma"} else value
        if isinstance(sigma, bool) or not isinstance(sigma, int | float):
            raise NotAvailable(f"{name} without a sigma alone")
        return [f"{option}:{sigma}"]

    return write


def quality_of(name: str) -> Callable[[Edits, Edits], list[str]]:
    def write(value: Edits, _: Edits) -> list[str]:
        """Other things that encoders are told are left to the service."""
        return [f"fq:{FORMATS[name]}:{value['quality']}"] if "quality" in value else []

    return write


EDITS: dict[str, Callable[[Any, Edits], list[str]]] = {
    "trim": trim,
    "extract": extract,
    "resize": resize,
    "rotate": rotate,
    "flip": mirror,
    "flop": lambda value, edits: [] if "flip" in edits else mirror(value, edits),
    "blur": by_sigma("blur", "bl"),
    "sharpen": by_sigma("sharpen", "sh"),
    "extend": extend,
    "flatten": flatten,
    "toFormat": lambda value, edits: [],
    **dict.fromkeys(("png", "gif"), lambda value, edits: []),
    **{name: quality_of(name) for name in ("jpeg", "webp", "avif")},
}


def _only(value: Edits, name: str, *known: str) -> None:
    if unknown := sorted(set(value) - set(known)):
        raise NotAvailable(", ".join(f"{name}.{each}" for each in unknown))


def _known(table: dict[str, str], value: object, name: str) -> str:
    if str(value) not in table:
        raise NotAvailable(f"{name} {value}")
    return table[str(value)]


def _background(color: Edits | str) -> str:
    if isinstance(color, dict) and color.get("alpha", 1) == 1:
        return "bg:{r}:{g}:{b}".format(**color)
    if isinstance(color, str) and (found := re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", color)):
        return f"bg:{found[1]}"
    raise NotAvailable(f"the background {color}")


def read_request(address: str) -> Edits:
    text = urlsplit(address).path.strip("/").rpartition("/")[2]
    request: Edits = json.loads(base64.b64decode(text.translate({45: "+", 95: "/"}) + "=" * (-len(text) % 4)))
    return request


def sign(path: str) -> str:
    key, salt = (bytes.fromhex(os.environ[name].split(",")[0]) for name in ("IMGOPT_URL_KEYS", "IMGOPT_URL_SALTS"))
    signature = base64.urlsafe_b64encode(hmac.digest(key, salt + path.encode(), hashlib.sha256)).rstrip(b"=").decode()
    return f"{os.environ['IMGOPT_SERVER']}/img/{signature}{path}"


def main() -> int:
    failed = 0
    for address in filter(None, map(str.strip, sys.stdin)):
        try:
            print(f"{address}\t{sign(translate(read_request(address)))}")
        except NotAvailable as error:
            failed = 1
            print(f"{address}: not available here: {error}", file=sys.stderr)
        except (ValueError, KeyError, AttributeError):
            failed = 1
            print(f"{address}: no address with a bucket, a key and edits in base64", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
