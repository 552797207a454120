"""The layers have everything that the functions import: locked, for Lambda's platform, within Lambda's limits."""

import platform
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from os import utime
from pathlib import Path
from shutil import copytree

import pytest

from cdk import assets, layers
from cdk.bytecode import can_compile
from cdk.layers import LAYER_GROUPS, SERVICES, export, requirements_of
from gpu_container.models.selection import for_layers
from imgopt.storage.clients import CALLED_SERVICES
from tests.infrastructure.test_imports import DOMAIN, ROOT, files, imports, tops

LIMIT_BYTES = 250 * 1024 * 1024
STUBS = {f"mypy_boto3_{service.replace('-', '_')}" for service in SERVICES}
ALONE = Path(__file__).with_name("alone.py")
# What a script starts under uvicorn, and what that loads when it is called.
STREAMING = ("functions/api/stream.sh", "functions.api.server.build_served_app,functions.api.app.build_app")
# What runs on a GPU alone, on a laptop alone, or where a vision model is asked or payments are taken, which have layers
# of their own.
ELSEWHERE = {"onnxruntime", "rapidocr", "cv2", "openai", "httpx2", "x402"}
# What is there for requests alone: who makes them, and what they pay.
FOR_THE_API = [path for name in ("accounts", "billing", "devices") for path in files(DOMAIN / name)]
# What runs in one function, which has a layer for it, or in none.
WITH_NUMPY = [
    *(path for part in ("detection", "tagging", "upscale") for path in files(DOMAIN / part)),
    DOMAIN / "ncnn_net.py",
]
MCP = files(ROOT / "functions" / "api" / "mcp")
SIGNING = [DOMAIN / "imaging" / "signing.py", DOMAIN / "workflow" / "signatures.py"]


@pytest.fixture(scope="module")
def functions(resources) -> dict[str, dict]:
    """The properties of each function, by its name."""
    found = {name: each["Properties"] for name, each in resources.items() if each["Type"] == "AWS::Lambda::Function"}
    return {name.split("Function")[0]: each for name, each in found.items()}


@pytest.fixture(scope="module")
def folders(functions, resources, assembly) -> dict[str, list[Path]]:
    """Returns, for each function, the folders that Lambda combines: its code, then its layers."""

    def asset(location: dict) -> Path:
        return assembly / f"asset.{location['S3Key'].removesuffix('.zip')}"

    def parts(function: dict) -> list[Path]:
        own = [layer["Ref"] for layer in function["Layers"] if "Ref" in layer]
        own_layers = [resources[name]["Properties"]["Content"] for name in own]
        return [asset(function["Code"]), *map(asset, own_layers)]

    return {name: parts(function) for name, function in functions.items()}


@pytest.mark.parametrize("name", LAYER_GROUPS)
def test_requirements_are_those_of_the_lock(name):
    assert requirements_of(name).read_text() == export(name)


def test_descriptions_of_all_called_services_are_kept():
    assert {*CALLED_SERVICES} < {*SERVICES}


def test_every_function_fits_into_lambda(folders):
    assert {"Images", "Optimize", "Finish"} <= folders.keys()
    sizes = {part: size_of(part) for part in {part for parts in folders.values() for part in parts}}
    assert [name for name, parts in folders.items() if sum(map(sizes.get, parts)) >= LIMIT_BYTES] == []


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("function", "code"),
    [("Optimize", "stages"), ("Upscale", "stages"), ("Images", "api"), ("Streaming", "api"), ("Mcp", "api")],
)
def test_a_function_finds_everything_it_imports(folders, function, code):
    code_folder, *layers = folders[function]
    roots = [code_folder, *(layer / "python" for layer in layers if (layer / "python").exists())]
    present = {path.name.split(".")[0] for root in roots for path in root.iterdir()}
    left_out = ({*WITH_NUMPY} if function != "Upscale" else set()) | ({*FOR_THE_API} if code != "api" else set())
    left_out |= {*SIGNING} | ({*MCP} if function != "Mcp" else set())
    known = [*files(DOMAIN), *files(ROOT / "functions" / code)]
    sources = [path for path in known if path not in left_out]
    needed = tops({name for path in sources for name in imports(path)})
    assert needed - present - STUBS - set(sys.stdlib_module_names) - {"__future__"} - ELSEWHERE == set()


@pytest.fixture(scope="module")
def native(folders, tmp_path_factory) -> Path:
    """The layers' packages that have machine code, as this environment has them."""
    target, environment = tmp_path_factory.mktemp("native"), Path(pytest.__file__).parent.parent
    layers = {part / "python" for parts in folders.values() for part in parts[1:]}
    built = {path.relative_to(layer).parts[0] for layer in layers for path in layer.rglob("*.so*")}
    for name in built:
        same = environment / name.replace("aarch64", platform.machine())
        if same.exists():
            (target / same.name).symlink_to(same)
    return target


def test_handlers_are_imported_from_their_code_and_layers_alone(folders, functions, native):
    """Not even the runtime's boto3 is used, since AWS changes it at any time. Functions with equal folders share a
    process.
    """
    alike: dict[tuple[Path, ...], list[str]] = defaultdict(list)
    for name, parts in folders.items():
        alike[tuple(parts)].append(name)
    for (code, *own_layers), names in alike.items():
        known = {"NATIVE": str(native), "AWS_REGION": "eu-south-2", "AWS_DEFAULT_REGION": "eu-south-2"}
        for name in names:
            known |= {key: as_text(value) for key, value in functions[name]["Environment"]["Variables"].items()}
        handlers = ",".join(functions[name]["Handler"] for name in names).replace(*STREAMING)
        command = [sys.executable, "-S", "-s", ALONE, handlers, code, *(each / "python" for each in own_layers)]
        done = subprocess.run(command, env=known, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), names


def as_text(value: object) -> str:
    """References to other resources are nothing yet."""
    return value if isinstance(value, str) else "arn:of:something"


def test_the_api_has_the_templates_of_its_pages(folders):
    code, *_ = folders["Images"]
    packed, ours = (root / "functions" / "api" / "pages" / "templates" for root in (code, ROOT))
    assert {path.name for path in packed.iterdir()} == {path.name for path in ours.iterdir()}


def test_code_of_a_function_has_the_same_bytes_in_another_folder_of_another_date(tmp_path, monkeypatch):
    built = []
    for name, date in (("a", 0), ("b/c", 1_900_000_000)):
        sources = copytree(ROOT / "functions", tmp_path / name / "functions")
        for path in sources.rglob("*.py"):
            utime(path, (date, date))
        monkeypatch.setattr(assets, "FUNCTIONS", sources)
        monkeypatch.setattr(assets, "ASSETS", tmp_path / name / "assets")
        folder = assets.function_code("callbacks")
        built.append({str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.py*")})
    assert built[0] == built[1]
    assert any(name.endswith(".pyc") for name in built[0]) == can_compile()


def test_binaries_are_built_for_lambda(folders):
    parts = folders["Optimize"]
    libraries = [path.name for part in parts for path in part.rglob("*.so") if "cpython" in path.name]
    assert libraries
    assert all(name.endswith("cpython-313-aarch64-linux-gnu.so") for name in libraries)
    (gifsicle,) = (path for part in parts for path in part.rglob("bin/gifsicle"))
    assert gifsicle.stat().st_mode & 0o111


def test_the_function_that_upscales_has_its_networks(folders):
    found = {path.name for part in folders["Upscale"] for path in (part / "models").rglob("*") if path.is_file()}
    wanted = {Path(name).name for name in for_layers()}
    assert found == {f"{name}.{suffix}" for name in wanted for suffix in ("param", "bin")}


def test_layer_that_two_want_at_once_is_built_once(monkeypatch, tmp_path):
    built = []

    def install(_: Path, target: Path) -> None:
        built.append(target)
        target.mkdir(parents=True)

    monkeypatch.setattr(layers, "ASSETS", tmp_path)
    monkeypatch.setattr(layers, "install_requirements", install)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(layers.build_layer, ["web"] * 4))
    assert (built, {*found}) == ([tmp_path / "web" / "python"], {tmp_path / "web"})
