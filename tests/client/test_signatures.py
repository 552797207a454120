"""The client sends only files that look like images."""

import pytest

from imgopt_client.optimizer import optimize_files
from imgopt_client.signatures import looks_like_image
from tests import pictures


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "ICO", "AVIF"])
def test_image_looks_like_one(tmp_path, kind):
    path = tmp_path / "file"
    path.write_bytes(pictures.encode(pictures.draw(), kind))
    assert looks_like_image(path)


@pytest.mark.parametrize(
    "head",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf\n<?xml version='1.0'?><!-- a long comment -->",
        "\ufeff<?xml version='1.0'?><svg/>".encode("utf-16-le"),
        b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'>",
        b"<s:svg xmlns:s='http://www.w3.org/2000/svg'/>",
        b"\0\0\0\x18ftypheic\0\0\0\0",
    ],
)
def test_drawing_and_camera_file_look_like_images(tmp_path, head):
    path = tmp_path / "file"
    path.write_bytes(head)
    assert looks_like_image(path)


@pytest.mark.parametrize(
    "head", [b"%PDF-1.7", b"PK\3\4", b"#!/bin/sh", b"<html><body>", b"\x7fELF", b"GIF", b"svg", b" "]
)
def test_other_files_are_not_sent(server, connection, images, head):
    (path,) = images("invoice.png", content=head)
    (outcome,) = optimize_files(connection, [path], {})
    assert outcome.error == "It is not an image, or of an unknown format. It was not sent."
    assert server.requests == []


def test_empty_file_is_not_sent(server, connection, images):
    (outcome,) = optimize_files(connection, images("empty.png", content=b""), {})
    assert (outcome.error, server.requests) == ("It is empty.", [])
