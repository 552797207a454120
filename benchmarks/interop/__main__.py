"""`make bench-interop` opens every output format with readers from PyPI, npm and the system.

It writes benchmarks/INTEROP.md. The exit code is 1 if a reader's result differs from the expected one, and no known
limit of the reader explains it.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.interop.files import MadeFile, make_files
from benchmarks.interop.page import PAGE, write_page
from benchmarks.interop.readers import READERS, Reader
from benchmarks.interop.run import version_of, views
from benchmarks.interop.verdicts import Row, judge


def main() -> int:
    versions = {reader: version_of(reader) for reader in READERS}
    with TemporaryDirectory() as folder:
        files = make_files(Path(folder))
        rows = [row for reader, known in versions.items() if known for row in rows_of(reader, files)]
        write_page(files, rows, versions)
    unknown = sum(len(row.unexplained()) for row in rows)
    print(f"{len(files)} files, {len({row.reader for row in rows})} readers, {unknown} not explained: {PAGE.name}")
    return int(unknown > 0)


def rows_of(reader: Reader, files: Sequence[MadeFile]) -> list[Row]:
    own = [file for file in files if file.format in reader.formats]
    rows = judge(reader, own, views(reader, [file.path for file in own]))
    faults = [fault for row in rows for fault in row.unexplained()]
    print(f"{reader.name}: {len(own)} files, {len(faults)} not explained", flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
