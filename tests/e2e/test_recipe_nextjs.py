"""The script of docs/recipes/nextjs that makes images, and the loader that returns their names, run by node."""

import json
import os
import shutil
import subprocess

import pytest

from cdk.node import NODE
from imgopt.imaging.options import MOST_OUTPUTS
from tests import pictures
from tests.e2e.recipes import FOLDER
from tests.pictures import open_image

UNREACHABLE = "http://127.0.0.1:9"
PHOTO = pictures.encode(pictures.draw(size=(700, 350)), "JPEG", quality=95)
NAMES = """
const { default: nameOf } = await import(`${process.cwd()}/image-loader.js`);
const { default: config } = await import(`${process.cwd()}/next.config.mjs`);
const asked = config.images.deviceSizes.map((width) => [width, nameOf({ src: process.argv[1], width })]);
console.log(JSON.stringify(asked));
"""


@pytest.fixture
def site(tmp_path, typescript):
    """A project with the recipe's files, the client and one original."""
    shutil.copytree(FOLDER / "nextjs", tmp_path, dirs_exist_ok=True)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "imgopt-client").symlink_to(typescript)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "photo.jpg").write_bytes(PHOTO)
    return tmp_path


def run_script(site, server: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "IMGOPT_SERVER": server}
    environment.pop("IMGOPT_API_KEY", None)
    command = [NODE, "optimize-images.mjs"]
    return subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, timeout=120, check=False)


def names_of(site, source: str) -> dict[int, str]:
    """Returns the loader's URL for each width that Next.js requests."""
    command = [NODE, "--input-type=module", "-e", NAMES, source]
    done = subprocess.run(command, cwd=site, capture_output=True, text=True, timeout=60, check=True)
    return dict(json.loads(done.stdout))


def test_loader_names_files_that_the_script_has_made(site, cloud):
    done = run_script(site, cloud.url)
    assert (done.returncode, done.stdout) == (0, "photo.jpg: 320, 640, 700\n"), done.stderr
    names = names_of(site, "photo.jpg")
    assert (names[320], names[960]) == ("/images/photo-320.webp", "/images/photo-700.webp")
    sizes = {name: open_image((site / f"public{name}").read_bytes()).size for name in names.values()}
    assert sizes == {
        "/images/photo-320.webp": (320, 160),
        "/images/photo-640.webp": (640, 320),
        "/images/photo-700.webp": (700, 350),
    }
    assert 1 < len(names) <= MOST_OUTPUTS


def test_images_that_are_made_are_not_sent_again(site, cloud):
    run_script(site, cloud.url)
    assert run_script(site, UNREACHABLE).returncode == 0
    (site / "public" / "images" / "photo-640.webp").unlink()
    assert "fetch failed" in run_script(site, UNREACHABLE).stderr
    assert run_script(site, cloud.url).returncode == 0


def test_image_that_was_not_made_ends_the_build(site):
    (site / "image-list.js").write_text("export default {};")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        names_of(site, "photo.jpg")
    assert 'images/photo.jpg is not in image-list.js: run "npm run images".' in failed.value.stderr


def test_two_images_of_one_name_are_refused(site):
    (site / "images" / "photo.png").write_bytes(pictures.png())
    assert "photo.jpg and photo.png would have results of the same name." in run_script(site, UNREACHABLE).stderr
