#!/bin/sh
# tinycss2 1.5.1: a number of more than 4,300 digits is a valid token of CSS Syntax Level 3, which says how it is read and
# sets no limit. The parser hands the digits to Python's int(), whose limit on conversions from text raises ValueError, so
# that the whole style sheet is lost, with the rules before and behind the number.
# A good guess: a parser of CSS never raises; whatever is wrong becomes a node of the kind "error".
# Seen: 4,300 digits: one rule; 4,301 digits: ValueError; 4,301 digits with a fraction: one rule again, as that is a float.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet tinycss2==1.5.1 webencodings==0.5.1
"$folder/env/bin/python" - <<'PY'
import sys

import tinycss2

sys.set_int_max_str_digits(4300)


def read(number):
    try:
        return len(tinycss2.parse_stylesheet("a { order: " + number + " }"))
    except ValueError as error:
        return type(error).__name__


seen = (read("1" * 4300), read("1" * 4301), read("1" * 4301 + ".5"))
print(seen)
assert seen == (1, "ValueError", 1), seen
PY
