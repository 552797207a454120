"""Which tests one worker of pytest-xdist does: those of a file, or of a group that shares what takes long to start."""

from pathlib import Path

from xdist.scheduler import LoadFileScheduling

# Those of the first start clouds of their own, of the next an emulator alone. All others share one cloud, and templates
# one process of Node.
GROUPS: dict[str, tuple[str, ...]] = {
    "clouds": ("e2e/test_processes.py",),
    "storage": tuple(
        f"e2e/test_{name}.py"
        for name in ("billing", "ledger", "ledger_crashes", "rate_limits", "result_names", "slots")
    ),
    "service": ("e2e/",),
    "templates": ("infrastructure/",),
}
# What takes longest is begun first, so that no worker is left with it alone.
LONGEST_FIRST = ("e2e", "infrastructure", "billing", "images", "tagging")


class Scheduling(LoadFileScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        names = (name for name, begins in GROUPS.items() if file.removeprefix("tests/").startswith(begins))
        return next(names, file)


def rank(nodeid: str) -> int:
    """Where in the order of beginning it comes."""
    folder = Path(nodeid).parts[1]
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)
