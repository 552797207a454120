"""The wheel contains only the command-line client."""

from email import message_from_string
from email.message import Message
from zipfile import ZipFile

import pytest
from hatchling.build import build_wheel
from packaging.requirements import Requirement

from cdk.paths import ROOT
from imgopt.version import SERVICE_VERSION

LIBRARIES = {"httpx2", "rich"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return ZipFile(folder / build_wheel(str(folder)))


@pytest.fixture(scope="module")
def metadata(wheel) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_string(wheel.read(name).decode())


def test_wheel_installs_one_package_with_all_its_modules(wheel):
    files = {name for name in wheel.namelist() if ".dist-info/" not in name}
    package = [path for path in (ROOT / "imgopt_client").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert files == {str(path.relative_to(ROOT)) for path in package}


def test_wheel_has_the_version_of_the_service(metadata):
    assert metadata["Version"] == SERVICE_VERSION


def test_wheel_requires_the_http_library_and_rich_alone(metadata):
    requirements = [Requirement(each) for each in metadata.get_all("Requires-Dist", [])]
    assert {each.name for each in requirements if each.marker is None} == LIBRARIES


def test_wheel_has_an_extra_for_buckets(metadata):
    requirements = [Requirement(each) for each in metadata.get_all("Requires-Dist", [])]
    assert {each.name: str(each.marker) for each in requirements if each.marker} == {"boto3": 'extra == "s3"'}
    assert metadata.get_all("Provides-Extra") == ["s3"]


def test_wheel_installs_the_command(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    assert wheel.read(name).decode().split() == ["[console_scripts]", "imgopt", "=", "imgopt_client.__main__:main"]
