"""Runs the shell steps of a workflow one after the other, like a runner, in an existing checkout."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")  # GitHub's, for `shell: bash`


@dataclass(frozen=True)
class Runner:
    """`values` are those of expressions; `temporary` is a folder for each run."""

    checkout: Path
    temporary: Path
    values: Mapping[str, str]
    search_path: str

    @property
    def summary(self) -> str:
        return (self.temporary / "summary.md").read_text()

    def run(self, workflow: Path, job: str, *, leave_out: str) -> None:
        """Raises CalledProcessError where a step fails."""
        self.temporary.mkdir()
        for step in yaml.safe_load(workflow.read_text())["jobs"][job]["steps"]:
            if "run" in step and step["name"] != leave_out:
                subprocess.run(
                    [*SHELL, step["run"]], cwd=self.checkout, env=self.environment(step), check=True, timeout=120
                )

    def environment(self, step: Mapping[str, Any]) -> dict[str, str]:
        known = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "IMGOPT_"))},
            **{"RUNNER_TEMP": str(self.temporary), "GITHUB_STEP_SUMMARY": str(self.temporary / "summary.md")},
            **{"PATH": self.search_path, "HOME": str(self.temporary), "NO_PROXY": "*"},
        }
        asked = {name: text.removeprefix("${{ ").removesuffix(" }}") for name, text in step.get("env", {}).items()}
        return {**known, **{name: self.values[expression] for name, expression in asked.items()}}
