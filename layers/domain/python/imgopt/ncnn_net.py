"""Opens neural networks in the format of ncnn, which runs them on CPUs."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from imgopt.errors import NotConfigured

# Optimizations that depend on the CPU, and would change results from one CPU to another.
SHORTCUTS = ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage")


def can_open(param: Path) -> bool:
    """Returns whether the network's file and ncnn are installed."""
    return param.exists() and find_spec("ncnn") is not None


def open_ncnn_net(param: Path, threads: int) -> Any:
    """Returns an `ncnn.Net` of a `.param` file and the `.bin` file beside it. Raises NotConfigured where that fails."""
    try:
        import ncnn
    except ImportError as error:
        raise NotConfigured("ncnn, which runs networks, is not installed.") from error
    net = ncnn.Net()
    net.opt.use_vulkan_compute, net.opt.num_threads = False, threads
    for shortcut in SHORTCUTS:
        setattr(net.opt, f"use_{shortcut}", False)
    if net.load_param(str(param)) != 0 or net.load_model(str(param.with_suffix(".bin"))) != 0:
        raise NotConfigured(f"The network {param.stem} is not installed or is damaged.")
    return net
