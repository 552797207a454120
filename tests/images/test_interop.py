"""The results as other programs read them. benchmarks/INTEROP.md has the programs and all comparisons."""

import os
import shutil
from collections.abc import Callable
from ctypes.util import find_library
from pathlib import Path

import pytest

from benchmarks.interop import packages, programs
from benchmarks.interop.inputs import with_dpi, with_metadata
from benchmarks.interop.views import View
from tests import animations, pictures

SIZE = (pictures.WIDTH, pictures.HEIGHT)
INPUTS = {"plain": pictures.png, "grey": lambda: pictures.png("L"), "alpha": lambda: pictures.png("RGBA")}


@pytest.fixture
def saved_result(tmp_path: Path) -> Callable[..., Path]:
    def save(data: bytes, output_format: str, **settings: object) -> Path:
        path = tmp_path / f"result.{output_format}"
        path.write_bytes(pictures.run(data, output_format=output_format, **settings).data)
        return path

    return save


def installed(program: str) -> str:
    return shutil.which(program) or pytest.skip(f"{program} is not installed")


@pytest.mark.parametrize("output_format", ["jpg", "png", "gif"])
@pytest.mark.parametrize("source", INPUTS)
def test_python_docx_takes_a_picture(saved_result, source, output_format):
    view = packages.by_python_docx(saved_result(INPUTS[source](), output_format))
    assert (view.width, view.height) == SIZE


@pytest.mark.parametrize("keep", ["none", "copyright", "all"])
def test_python_docx_takes_a_jpeg_with_metadata_at_its_resolution(saved_result, keep):
    assert packages.by_python_docx(saved_result(with_metadata(), "jpg", keep_metadata=keep)).dpi == 300


@pytest.mark.parametrize("output_format", ["jpg", "png"])
def test_python_docx_places_a_picture_at_its_resolution(saved_result, output_format):
    assert packages.by_python_docx(saved_result(with_dpi(), output_format)).dpi == 300


@pytest.mark.parametrize("output_format", ["png", "webp", "gif"])
def test_ffmpeg_reads_a_result_without_a_complaint(saved_result, output_format):
    view = programs.by_ffmpeg(installed("ffmpeg"), saved_result(pictures.png(), output_format))
    assert (view.width, view.height, view.words) == (*SIZE, "")


def test_ffmpeg_takes_exif_in_webp_for_valid(saved_result):
    view = programs.by_ffmpeg(installed("ffmpeg"), saved_result(with_metadata(), "webp", keep_metadata="all"))
    assert "Exif" not in view.words


@pytest.mark.parametrize("keep", ["none", "copyright", "all"])
@pytest.mark.parametrize("output_format", ["jpg", "png", "webp", "avif", "gif"])
def test_exiftool_finds_nothing_invalid(saved_result, output_format, keep):
    view = programs.by_exiftool(installed("exiftool"), saved_result(with_metadata(), output_format, keep_metadata=keep))
    assert (view.width, view.height, view.words) == (*reversed(SIZE), "")


def test_webpmux_tells_frames_and_delays_of_an_animation(saved_result):
    source = animations.saved(animations.moving_dot(3), "WEBP", duration=[70, 110, 200], loop=3)
    view = programs.by_webpmux(installed("webpmux"), saved_result(source, "webp"))
    assert view == View(40, 20, 3, (70, 110, 200), 3)


@pytest.mark.parametrize("source", INPUTS)
def test_gdk_pixbuf_opens_an_icon(saved_result, source):
    if not find_library(programs.GDK_PIXBUF):
        pytest.skip("gdk-pixbuf is not installed")
    view = programs.by_gdk_pixbuf("", saved_result(INPUTS[source](), "ico"))
    assert (view.width, view.height) == (48, 48)


@pytest.mark.parametrize("source", INPUTS)
def test_qt_takes_the_largest_drawing_of_an_icon(saved_result, source, monkeypatch):
    pytest.importorskip("PySide6.QtGui", reason="PySide6 is not installed")
    monkeypatch.setitem(os.environ, "QT_QPA_PLATFORM", "offscreen")
    view = packages.by_qt(saved_result(INPUTS[source](), "ico"))
    assert (view.width, view.height) == (256, 256)
