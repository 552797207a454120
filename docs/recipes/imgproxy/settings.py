"""Prints this service's settings for those of an imgproxy: `python3 settings.py < imgproxy.env > imgopt.env`.

Reads lines NAME=value. What has no counterpart is told on standard error, and in the table of the page beside it.
"""

import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping

OFF = {"", "0", "f", "F", "false", "FALSE", "False"}
# The same by another name.
NAMES = {
    "KEY": "URL_KEYS",
    "SALT": "URL_SALTS",
    "SIGNATURE_SIZE": "URL_SIGNATURE_SIZE",
    "TRUSTED_SIGNATURES": "URL_TRUSTED_SIGNATURES",
    "ARGUMENTS_SEPARATOR": "URL_ARGUMENTS_SEPARATOR",
    "ALLOWED_PROCESSING_OPTIONS": "URL_ALLOWED_OPTIONS",
    "ALLOW_SECURITY_OPTIONS": "URL_ALLOW_SECURITY_OPTIONS",
    "ALLOWED_SOURCES": "URL_ALLOWED_SOURCES",
    "BASE_URL": "URL_BASE",
    "URL_REPLACEMENTS": "URL_REPLACEMENTS",
    "BASE64_URL_INCLUDES_FILENAME": "URL_BASE64_FILENAME",
    "S3_ALLOWED_BUCKETS": "URL_BUCKETS",
    "ONLY_PRESETS": "URL_ONLY_PRESETS",
    "MAX_ANIMATION_FRAMES": "URL_MAX_FRAMES",
    "WATERMARK_URL": "URL_WATERMARK",
    "WATERMARK_OPACITY": "URL_WATERMARK_OPACITY",
    "FALLBACK_IMAGE_URL": "URL_FALLBACK",
    "FALLBACK_IMAGE_HTTP_CODE": "URL_FALLBACK_STATUS",
    "FALLBACK_IMAGE_TTL": "URL_FALLBACK_SECONDS",
    "TTL": "URL_TTL",
    "ALLOW_ORIGIN": "URL_ALLOW_ORIGIN",
    "DOWNLOAD_TIMEOUT": "URL_FETCH_SECONDS",
    "TIMEOUT": "URL_SECONDS",
}
# Formats by Accept, by their names now and before.
DETECTED = {kind: (f"AUTO_{kind}", f"ENABLE_{kind}_DETECTION", f"ENFORCE_{kind}") for kind in ("JXL", "AVIF", "WEBP")}
# What the preset `default` says here, before each URL's own options.
DEFAULTS: dict[str, Callable[[str], str]] = {
    "STRIP_METADATA": lambda value: "sm:0" if value in OFF else "",
    "KEEP_COPYRIGHT": lambda value: "kcr:0" if value in OFF else "",
    "STRIP_COLOR_PROFILE": lambda value: "scp:0" if value in OFF else "",
    "AUTO_ROTATE": lambda value: "ar:0" if value in OFF else "",
    "ENFORCE_THUMBNAIL": lambda value: "" if value in OFF else "eth:1",
    "PRESERVE_HDR": lambda value: "" if value in OFF else "ph:1",
    "RETURN_ATTACHMENT": lambda value: "" if value in OFF else "att:1",
    "SKIP_PROCESSING_FORMATS": lambda value: f"skp:{value.replace(',', ':')}" if value else "",
}
# imgproxy's own, where no other is set.
QUALITIES = {"webp": "79", "avif": "63", "jxl": "77"}


def convert(known: Mapping[str, str]) -> dict[str, str]:
    """IMGOPT_* settings of IMGPROXY_* ones."""
    given = {name.removeprefix("IMGPROXY_"): value for name, value in known.items()}
    made = {NAMES[name]: value for name, value in given.items() if name in NAMES and value}
    made["URL_AUTO_FORMATS"] = ",".join(
        kind.lower() for kind, names in DETECTED.items() if any(given.get(name, "") not in OFF for name in names)
    )
    if "MAX_SRC_RESOLUTION" in given:
        made["URL_MAX_SOURCE_PIXELS"] = str(round(float(given["MAX_SRC_RESOLUTION"]) * 1e6))
    if given.get("MAX_SRC_FILE_SIZE", "0") not in OFF:
        made["MAX_UPLOAD_BYTES"] = given["MAX_SRC_FILE_SIZE"]
    if given.get("FALLBACK_IMAGE_TTL") == "0":  # as long as any other
        made["URL_FALLBACK_SECONDS"] = given.get("TTL") or "31536000"
    if given.get("ENABLE_CLIENT_HINTS", "") not in OFF:
        made["URL_CLIENT_HINTS"] = "dpr,width"
    if given.get("USE_S3", "") not in OFF and (buckets := buckets_of(given)):
        made.setdefault("URL_BUCKETS", buckets)
    if presets := list(presets_of(given)):
        # One on each line where options have commas.
        made["PRESETS"] = "\n".join([*presets, ""]) if given.get("ARGUMENTS_SEPARATOR") == "," else ",".join(presets)
    return {f"IMGOPT_{name}": value for name, value in made.items()}


def buckets_of(given: Mapping[str, str]) -> str:
    """The buckets of the allowed sources. Names with a wildcard are left out."""
    sources = [
        source.strip().removeprefix("s3://")
        for source in given.get("ALLOWED_SOURCES", "").split(",")
        if "s3://" in source
    ]
    return ",".join(dict.fromkeys(name for source in sources if (name := source.partition("/")[0]) and "*" not in name))


def presets_of(given: Mapping[str, str]) -> Iterator[str]:
    separator = given.get("ARGUMENTS_SEPARATOR") or ":"
    options = [write(given[name]) for name, write in DEFAULTS.items() if name in given]
    default = [each.replace(":", separator) for each in (*options, qualities_of(given)) if each]
    for preset in filter(None, given.get("PRESETS", "").split(",")):
        if preset.startswith("default="):
            default.append(preset.removeprefix("default="))
        else:
            yield preset
    if default:
        yield f"default={'/'.join(default)}"


def qualities_of(given: Mapping[str, str]) -> str:
    """The qualities by format, as an option: a quality in the URL takes precedence over it."""
    pairs = [part.split("=") for part in given.get("FORMAT_QUALITY", "").split(",") if part]
    by_format = {name.strip().replace("jpeg", "jpg"): quality.strip() for name, quality in pairs}
    if not (by_format or "QUALITY" in given):
        return ""
    chosen = {"jpg": given.get("QUALITY") or "80"} | QUALITIES | by_format
    return ":".join(["fq", *(part for pair in chosen.items() for part in pair)])


def left_out(known: Mapping[str, str]) -> list[str]:
    read = {"MAX_SRC_RESOLUTION", "MAX_SRC_FILE_SIZE", "ENABLE_CLIENT_HINTS", "PRESETS", "QUALITY", "FORMAT_QUALITY"}
    read |= NAMES.keys() | DEFAULTS.keys() | {name for names in DETECTED.values() for name in names}
    read |= {"USE_S3"} if "IMGOPT_URL_BUCKETS" in convert(known) else set()
    return sorted(name for name in known if name.removeprefix("IMGPROXY_") not in read)


def read_lines(lines: Iterable[str]) -> dict[str, str]:
    pairs = [line.strip().removeprefix("export ").partition("=") for line in lines]
    return {name: "".join(shlex.split(value)) for name, _, value in pairs if name.startswith("IMGPROXY_")}


if __name__ == "__main__":
    given = read_lines(sys.stdin)
    for name, value in convert(given).items():
        print(f"{name}={shlex.quote(value)}")
    for name in left_out(given):
        print(f"{name} has no counterpart: docs/recipes/imgproxy.md says what there is in its place.", file=sys.stderr)
