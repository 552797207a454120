"""The device that networks run on: the one that was asked for, or none."""

from gpu_container.worker.settings import DeviceChoice
from imgopt.upscale.models import Device
from imgopt.upscale.runtime import Runtime, best_runtime, check_cuda

JOBS_BY_DEVICE = {Device.CPU: 1, Device.CUDA: 4}


def runtime_on(wanted: DeviceChoice) -> Runtime:
    """Raises NotConfigured where CUDA was asked for and doesn't compute."""
    if wanted is DeviceChoice.AUTO:
        return best_runtime()
    if wanted is DeviceChoice.CUDA:
        check_cuda()
    return Runtime(Device(wanted.value))
