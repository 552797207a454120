"""docs/recipes/curl.md, pasted unchanged except for the address."""

import shutil
import zipfile

import pytest

from local.cloud import ROOT, Cloud
from tests.e2e.recipes import ADDRESS, run_shell, shell_blocks
from tests.pictures import open_image

needs_programs = pytest.mark.skipif(not all(map(shutil.which, ("curl", "jq", "bash"))), reason="runs curl and jq")


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    shutil.copy(ROOT / "README.md", tmp_path)
    return tmp_path


@needs_programs
def test_blocks_of_curl_work_when_they_are_pasted(cloud: Cloud, folder, api_key):
    script = "".join(shell_blocks("curl.md")).replace(ADDRESS, cloud.url)
    done = run_shell(script, folder, IMGOPT_API_KEY=api_key)
    assert (done.returncode, done.stderr) == (0, "curl: (22) The requested URL returned error: 415\n")
    assert done.stdout.count("event: complete") == 4
    for told in ('"tier":"free"', "Unsupported file type", "(exit code 22)", "\n404\n", '"credits_used": 4'):
        assert told in done.stdout
    assert open_image((folder / "landscape-800.webp").read_bytes()).width == 800
    assert open_image((folder / "small.jpg").read_bytes()).format == "JPEG"
    names = zipfile.ZipFile(folder / "results.zip").namelist()
    assert {name.split(".")[0] for name in names} == {"landscape", "screenshot", "spinner"}
    assert (folder / "imgopt.curl").stat().st_mode & 0o077 == 0
