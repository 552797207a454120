"""Groups tests for the workers of pytest-xdist: those of a file, or those that share a slow start."""

from xdist.scheduler import LoadFileScheduling

# End-to-end tests wait most of their time: one worker does them all, while others keep the cores busy. They share a
# cloud, as tests of templates share a process of Node.
GROUPS: dict[str, tuple[str, ...]] = {"services": ("e2e/",), "templates": ("infrastructure/",)}
# What takes longest is begun first, so that no worker is left with it alone.
LONGEST_FIRST = ("e2e", "infrastructure", "billing", "images", "tagging")


class Scheduling(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        names = (name for name, begins in GROUPS.items() if file.removeprefix("tests/").startswith(begins))
        return next(names, file)


def rank(nodeid: str) -> int:
    """Returns the place of a test in the order of starting."""
    folder = nodeid.split("/", 2)[1]
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)
