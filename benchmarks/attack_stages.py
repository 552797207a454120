"""The child process of `make bench-attack`. It runs a job as its stage does, and prints the costs."""

import json
import resource
from ctypes import CDLL
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, SIGKILL = 1, 9  # <linux/prctl.h>, <signal.h>
USAGES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def work(job: dict[str, Any]) -> None:
    """Runs the job, and prints its outcome and costs."""
    CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
    from io import BytesIO

    from imgopt.codecs.format import Limits
    from imgopt.codecs.header import read_header
    from imgopt.credits.cost import cost_of
    from imgopt.errors import ImgoptError
    from imgopt.imaging.options import ProcessingSettings
    from imgopt.imaging.plan import check_image
    from imgopt.sandbox import forking

    data, options = Path(job["path"]).read_bytes(), ProcessingSettings.model_validate(job["settings"])
    found: dict[str, Any] = {}
    began = cpu_seconds()
    try:
        header = read_header(BytesIO(data), Limits(10**8, 1000, 4 * 10**8))
        check_image(header, options)
        found["credits"] = cost_of(header, options)
        found |= STAGES[job["stage"]](data, header, options)
    except ImgoptError as error:
        found["outcome"] = f"{type(error).__name__}: {error}"
    except MemoryError:
        found["outcome"] = "MemoryError"
    forking.stop()
    found["seconds"] = cpu_seconds() - began
    found["megabytes"] = max(resource.getrusage(who).ru_maxrss for who in USAGES) / 1e3
    print(json.dumps(found))


def cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in USAGES]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def make_pixels(data: bytes, header: Any, options: Any) -> dict[str, Any]:
    from imgopt.credits.budgets import budget_for_pixels
    from imgopt.imaging.sandboxed import optimize_sandboxed

    made, *_ = optimize_sandboxed(data, header, options, budget_for_pixels(header, options))
    artifact = made.artifact
    return {
        "outcome": f"{artifact.format} {artifact.encoder} {artifact.quality} {artifact.width}x{artifact.height}",
        "size": len(made.data),
    }


def make_tags(data: bytes, header: Any, _options: Any) -> dict[str, Any]:
    from imgopt.credits.budgets import budget_for_tagging
    from imgopt.imaging.tagging_input import view_sandboxed
    from imgopt.tagging.model import Briefing, TaggingFailed
    from imgopt.tagging.offline import OfflineTagger

    try:
        seen = view_sandboxed(data, header, budget_for_tagging(header))
        return {"outcome": f"tags: {OfflineTagger().tag(seen, Briefing()).alt_text[:20]}"}
    except TaggingFailed:
        return {"outcome": "no tags"}


def enlarge(data: bytes, header: Any, options: Any) -> dict[str, Any]:
    from imgopt.imaging.steps.decode import decode
    from imgopt.upscale.service import upscale

    larger, report = upscale(decode(data, header.format).image, options.output_upscale_factor)
    return {"outcome": f"{report.model} {larger.width}x{larger.height}"}


STAGES = {"pixels": make_pixels, "words": make_tags, "upscale": enlarge}
