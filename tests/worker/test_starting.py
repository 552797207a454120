"""The start of the worker: settings, device, health, and refusals."""

import signal
from pathlib import Path

import pytest

from gpu_container import health
from gpu_container.worker import __main__ as command
from gpu_container.worker import devices
from gpu_container.worker.devices import runtime_on
from gpu_container.worker.settings import DeviceChoice, WorkerSettings
from imgopt.errors import NotConfigured
from imgopt.upscale.models import Device
from imgopt.upscale.runtime import Runtime

VARIABLES = {
    "IMGOPT_UPSCALE_QUEUE_URLS": "https://sqs.example/1/Small, https://sqs.example/1/Large,",
    "IMGOPT_UPSCALE_DEVICE": "cpu",
    "IMGOPT_UPSCALE_JOBS": "3",
    "IMGOPT_UPSCALE_GRACE_SECONDS": "100",
    "IMGOPT_HEALTH_FILE": "/run/health",
}


def broken(monkeypatch, error):
    """A GPU that doesn't compute."""

    def check_cuda():
        raise error

    monkeypatch.setattr(devices, "check_cuda", check_cuda)


def found(monkeypatch, device):
    monkeypatch.setattr(devices, "best_runtime", lambda: Runtime(device))


def test_settings_come_from_the_environment(monkeypatch):
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    settings = WorkerSettings()
    assert settings.queue_urls == ("https://sqs.example/1/Small", "https://sqs.example/1/Large")
    assert (settings.device, settings.jobs, settings.grace_seconds) == (DeviceChoice.CPU, 3, 100)
    assert settings.health_file == Path("/run/health")


@pytest.mark.parametrize("device", Device)
def test_the_best_device_is_taken_unless_one_is_asked_for(monkeypatch, device):
    found(monkeypatch, device)
    assert runtime_on(DeviceChoice.AUTO).device is device


def test_a_cpu_that_is_asked_for_is_taken_though_there_is_a_gpu(monkeypatch):
    found(monkeypatch, Device.CUDA)
    assert runtime_on(DeviceChoice.CPU).device is Device.CPU


def test_a_gpu_that_is_asked_for_is_taken_where_it_computes(monkeypatch):
    monkeypatch.setattr(devices, "check_cuda", lambda: None)
    assert runtime_on(DeviceChoice.CUDA).device is Device.CUDA


def test_a_gpu_that_is_asked_for_is_never_replaced(monkeypatch):
    found(monkeypatch, Device.CPU)
    broken(monkeypatch, NotConfigured("no driver"))
    with pytest.raises(NotConfigured):
        runtime_on(DeviceChoice.CUDA)


@pytest.fixture
def process(environment, monkeypatch):
    """Makes this process a worker: a queue is set, and signal handlers are restored at the end."""
    monkeypatch.setenv("IMGOPT_UPSCALE_QUEUE_URLS", "url")
    handlers = {number: signal.getsignal(number) for number in command.SIGNALS}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_the_worker_says_why_it_can_not_begin(monkeypatch, process):
    monkeypatch.setenv("IMGOPT_UPSCALE_DEVICE", "cuda")
    error = NotConfigured("Upscaling on cuda is not available.")
    error.__cause__ = RuntimeError("no driver")
    broken(monkeypatch, error)
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == "Upscaling on cuda is not available. Reason: no driver"


def test_a_worker_without_queues_does_not_begin(monkeypatch, process):
    monkeypatch.delenv("IMGOPT_UPSCALE_QUEUE_URLS", raising=False)
    with pytest.raises(SystemExit, match="IMGOPT_UPSCALE_QUEUE_URLS"):
        command.main()


@pytest.mark.parametrize(("device", "jobs"), [(Device.CPU, 1), (Device.CUDA, 4)])
def test_a_worker_begins_with_as_many_threads_as_suit_its_device(monkeypatch, process, log, device, jobs):
    begun, ended = [], []
    found(monkeypatch, device)
    monkeypatch.setattr(command, "run_worker", lambda context, jobs, events: begun.append(jobs) or 0)
    monkeypatch.setattr(command, "exit_at_once", ended.append)
    command.main()
    assert (begun, ended) == ([jobs], [0])
    assert (log()[0]["message"], log()[0]["device"]) == ("worker begins", device)


def test_signals_reach_the_worker_as_events(monkeypatch, process):
    received = []

    def run(context, jobs, events):
        for number in command.SIGNALS:
            signal.raise_signal(number)
            received.append(events.get(timeout=10))
        return 0

    monkeypatch.setenv("IMGOPT_UPSCALE_DEVICE", "cpu")
    monkeypatch.setattr(command, "run_worker", run)
    monkeypatch.setattr(command, "exit_at_once", lambda status: None)
    command.main()
    assert received == [signal.SIGTERM, signal.SIGINT]


def test_a_worker_is_well_while_its_health_file_is_fresh(tmp_path):
    file = tmp_path / "health"
    file.touch()
    touched = file.stat().st_mtime
    assert health.problem_of(file, touched + 60) is None
    assert health.problem_of(file, touched + 61) == "the worker has been unhealthy for 61 seconds"


def test_a_worker_that_has_not_begun_is_not_well(tmp_path):
    assert "has not started" in health.problem_of(tmp_path / "health", 0)


@pytest.mark.parametrize(("begun", "status"), [(True, 0), (False, 1)])
def test_the_health_check_ends_as_containers_expect(monkeypatch, tmp_path, begun, status):
    file = tmp_path / "health"
    if begun:
        file.touch()
    monkeypatch.setenv("IMGOPT_HEALTH_FILE", str(file))
    with pytest.raises(SystemExit) as end:
        health.main()
    assert bool(end.value.code) == bool(status)
