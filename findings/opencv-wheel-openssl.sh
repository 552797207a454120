#!/bin/sh
# opencv-python-headless 5.0.0.93 (2026): the wheel for Linux brings OpenSSL 1.1.1k of March 2021, which has had no
# releases since September 2023, for a decoder of video that can open addresses on the network.
# A good guess: a package without windows for reading and changing pictures brings no TLS; or OpenSSL 3, as its other
# libraries are of 2026 (FFmpeg 8, libaom 3.14).
# Seen: libssl and libcrypto "OpenSSL 1.1.1k  FIPS 25 Mar 2021" in opencv_python_headless.libs, needed by libavformat.
# Audits of Python packages by name and version don't see it; the wheel's bill of materials names it as a distribution's.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" download --quiet --no-deps --only-binary :all: --dest "$folder" --python-version 3.13 \
    --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 opencv-python-headless==5.0.0.93
cat > "$folder/look.py" <<'PY'
import re
import sys
from pathlib import Path
from zipfile import ZipFile

(wheel,) = Path(sys.argv[1]).glob("*.whl")
with ZipFile(wheel) as archive:
    names = archive.namelist()
    (crypto,) = [name for name in names if "/libcrypto" in name]
    versions = set(re.findall(rb"OpenSSL \d+\.\d+\.\d+\w* [ \w]*\d{4}", archive.read(crypto)))
    (format_,) = [name for name in names if "/libavformat" in name]
    needs = re.search(rb"libssl-\w+\.so[.\w]*", archive.read(format_))
print(wheel.name, sorted(versions), needs and needs.group())
assert versions == {b"OpenSSL 1.1.1k  FIPS 25 Mar 2021"}
assert needs
PY
"$folder/env/bin/python" "$folder/look.py" "$folder"
