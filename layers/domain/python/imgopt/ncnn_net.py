"""Networks for CPUs, as ncnn opens them."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from imgopt.errors import NotConfigured

# Which of them a CPU has differs, and what comes out with it.
SHORTCUTS = ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage")


def can_open(param: Path) -> bool:
    """Whether the network is there, and what runs it."""
    return param.exists() and find_spec("ncnn") is not None


def open_ncnn_net(param: Path, threads: int) -> Any:
    """An `ncnn.Net` of a `.param` with its `.bin` beside it. Raises NotConfigured where it can't be read or run."""
    try:
        import ncnn
    except ImportError as error:
        raise NotConfigured("What runs networks is not installed.") from error
    net = ncnn.Net()
    net.opt.use_vulkan_compute, net.opt.num_threads = False, threads
    for shortcut in SHORTCUTS:
        setattr(net.opt, f"use_{shortcut}", False)
    if net.load_param(str(param)) != 0 or net.load_model(str(param.with_suffix(".bin"))) != 0:
        raise NotConfigured(f"The network {param.stem} is not installed, or damaged.")
    return net
