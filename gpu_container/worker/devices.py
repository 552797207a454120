"""The device that networks run on."""

from gpu_container.worker.settings import DeviceChoice
from imgopt.upscale.models import Device
from imgopt.upscale.runtime import Runtime, best_runtime, check_cuda

JOBS_BY_DEVICE = {Device.CPU: 1, Device.CUDA: 4}


def runtime_on(wanted: DeviceChoice) -> Runtime:
    """The runtime on a device. Raises NotConfigured if CUDA is required and does not work."""
    if wanted is DeviceChoice.AUTO:
        return best_runtime()
    if wanted is DeviceChoice.CUDA:
        check_cuda()
    return Runtime(Device(wanted.value))
