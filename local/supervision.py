"""Restarts processes that have ended, each independently, with growing pauses and a limited number of tries."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from local.processes import Child

RESTART_PAUSES = (0.1, 0.5, 1, 4, 10, 20, 40)
STEADY_SECONDS = 60  # a process that runs for so long has recovered, and its tries are reset


@dataclass
class Watched:
    """A process. `without` names what does not work without it; None if nothing does."""

    child: Child
    without: str | None = None
    tries: int = 0
    since: float = 0
    due: float | None = None
    given_up: bool = False


@dataclass
class Supervisor:
    watched: Sequence[Watched]
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    restarted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for each in self.watched:
            each.since = self.clock()

    def check(self) -> None:
        """Checks all processes once. Raises RuntimeError if a required one keeps ending."""
        for each in self.watched:
            if each.child.is_up():
                self._note_recovery(each)
            elif each.due is not None and self.clock() >= each.due:
                self._restart(each)
            elif each.due is None and not each.given_up:
                self._plan(each)

    def _note_recovery(self, each: Watched) -> None:
        if each.tries and self.clock() - each.since >= STEADY_SECONDS:
            each.tries = 0

    def _plan(self, each: Watched) -> None:
        self._note_recovery(each)
        if each.tries == len(RESTART_PAUSES):
            self._give_up(each)
            return
        pause = RESTART_PAUSES[each.tries]
        each.due = self.clock() + pause
        self.say(f"{each.child.name} {each.child.describe_end()}; it will be restarted in {pause:g} s")

    def _restart(self, each: Watched) -> None:
        each.due, each.since = None, self.clock()
        each.tries += 1
        each.child.restart()
        self.restarted.append(each.child.name)

    def _give_up(self, each: Watched) -> None:
        each.given_up = True
        sentence = (
            f"{each.child.name} {each.child.describe_end()}, was restarted {each.tries} times and keeps ending;"
            f" its log is {each.child.log}"
        )
        if each.without is None:
            raise RuntimeError(sentence)
        self.say(f"{sentence}; everything else works, without {each.without} until `make up` is restarted")
