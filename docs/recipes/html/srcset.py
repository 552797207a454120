"""Prints an <img> with a srcset of signed addresses. Needs Python and nothing else.

IMGOPT_SERVER is the service's address, IMGOPT_URL_KEYS and IMGOPT_URL_SALTS are as the service has them.
"""

import argparse
import base64
import hmac
import json
import os
import sys
from html import escape
from urllib.request import urlopen

SERVER = os.environ.get("IMGOPT_SERVER", "http://127.0.0.1:8080")
SECRETS = ("IMGOPT_URL_KEYS", "IMGOPT_URL_SALTS")
if missing := [name for name in SECRETS if not os.environ.get(name)]:
    sys.exit(f"{' and '.join(missing)} must be set, as the service has them.")
# Of several, the first: the service takes any.
KEY, SALT = (bytes.fromhex(os.environ[name].split(",")[0]) for name in SECRETS)


def signed_path(source: str, *options: str) -> str:
    encoded = base64.urlsafe_b64encode(source.encode()).rstrip(b"=").decode()
    path = "/" + "/".join([*options, encoded])
    signature = base64.urlsafe_b64encode(hmac.digest(KEY, SALT + path.encode(), "sha256")).rstrip(b"=").decode()
    return f"/{signature}{path}"


def image_tag(source: str, widths: list[int], options: list[str], sizes: str, alt: str) -> str:
    """No width is larger than the original, which has a height, too: pages don't move when the image comes."""
    with urlopen(f"{SERVER}/img/info{signed_path(source)}") as answer:  # noqa: S310 - the server of the environment
        original = json.load(answer)
    fitting = sorted({min(width, original["width"]) for width in widths})
    addresses = {width: f"{SERVER}/img{signed_path(source, *options, f'w:{width}')}" for width in fitting}
    attributes = {
        "srcset": ", ".join(f"{address} {width}w" for width, address in addresses.items()),
        "sizes": sizes,
        "src": addresses[fitting[-1]],
        "width": original["width"],
        "height": original["height"],
        "alt": alt,
    }
    return "<img {}>".format(" ".join(f'{name}="{escape(str(value))}"' for name, value in attributes.items()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("--widths", type=int, nargs="+", default=[320, 640, 960, 1280, 1920])
    parser.add_argument("--options", nargs="*", default=[], help="of image URLs, such as q:70")
    parser.add_argument("--sizes", default="100vw")
    parser.add_argument("--alt", default="")
    print(image_tag(**vars(parser.parse_args())))
