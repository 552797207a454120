"""Tags in the file itself: `write_tags` puts alt text, title and keywords into its XMP once both are there."""

from io import BytesIO
from xml.dom.minidom import parseString

import pytest
from PIL import Image

from functions.stages import finish
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.header import read_header
from imgopt.codecs.shared.provenance import ENHANCED
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.written_tags import ROOM_FOR_TAGS, leave_room, write_tags
from imgopt.tagging import service as tagging
from imgopt.tagging.model import ImageTags, TaggingFailed
from tests import pictures
from tests.metadata_files import XMP
from tests.pictures import LIMITS, draw, encode, open_image

ALT = "A red corner on blue & “green” <paper>."
TAGS = ImageTags(ALT, ("red", "blue", "Ärmelkanal"), "red-corner", "somebody")


@pytest.fixture(autouse=True)
def tagger(monkeypatch):
    class Tagger:
        said: ImageTags | Exception = TAGS

        def tag(self, image, language):
            if isinstance(self.said, Exception):
                raise self.said
            return self.said

    one = Tagger()
    monkeypatch.setattr(tagging, "tagger", lambda: one)
    return one


@pytest.fixture
def finished(client, submit, run_stages):
    """A job at its end, and the bytes of its result."""

    def run(data: bytes, **asked: object) -> tuple[dict, bytes]:
        job = submit(data, **{"output_seo_tag_gen": True, "write_tags": True, **asked})
        run_stages(job["id"])
        told = client.get(f"/status/{job['id']}").json()["job"]
        return told, client.get(f"/download/{job['id']}").content

    return run


def packet_in(data: bytes) -> str:
    return FORMATS[pictures.header(data).format].read_embedded(BytesIO(data)).xmp.decode()


def has_tags(data: bytes) -> bool:
    packet = packet_in(data)
    alt_text = '<Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">A red corner on blue &amp; '
    keywords = "<rdf:Bag><rdf:li>red</rdf:li><rdf:li>blue</rdf:li><rdf:li>Ärmelkanal</rdf:li></rdf:Bag>"
    return alt_text in packet and keywords in packet and ">Red corner</rdf:li>" in packet


@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif", "jxl", "gif"])
def test_tags_are_in_the_file(finished, target):
    told, data = finished(pictures.png(), output_format=target)
    assert (has_tags(data), told["warning"]) == (True, None)
    assert (told["processed_size"], told["processed_format"]) == (len(data), target)
    assert told["seo_alt_text"] == ALT


def test_tags_are_in_an_animation(finished):
    for source, target in (("gif", "gif"), ("gif", "webp"), ("gif", "avif"), ("gif", "png")):
        told, data = finished(pictures.gif(frames=3), output_format=target, keep_animation=True)
        assert (has_tags(data), told["processed_frames"], source) == (True, 3, "gif")


def test_any_writing_stands_in_the_file_as_it_was_said():
    said = "\u0645\u06cc\u200c\u062e\u0648 \u6771\u4eac\u3000\u99c5 \U0001f469\u200d\U0001f52c 5\u00a0\u20ac ]]> <&amp;"
    data = write_tags(pictures.png(), "png", f"{said}\0\x1b\x9f\uffff\ud800", said, [said])
    words = parseString(packet_in(data)).getElementsByTagName("rdf:li")
    assert [each.firstChild.data for each in words] == [said] * 3


def test_tags_are_left_out_unless_they_are_asked_for(finished):
    told, data = finished(pictures.png(), write_tags=False)
    assert (packet_in(data), told["seo_alt_text"]) == ("", ALT)


def test_pixels_are_those_of_a_file_without_tags(finished):
    _, without = finished(pictures.jpeg(), write_tags=False, output_format="webp")
    _, data = finished(pictures.jpeg(), output_format="webp")
    assert open_image(data).tobytes() == open_image(without).tobytes()


def test_tags_stand_beside_what_is_kept(finished):
    told, data = finished(encode(draw(), "JPEG", xmp=XMP), keep_metadata="all", output_width=20)
    packet = packet_in(data)
    assert (has_tags(data), "Ann" in packet, told["warning"]) == (True, True, None)
    assert "secret" not in packet  # a keyword that the source had


def test_an_upscaled_file_says_both(finished):
    _, data = finished(pictures.jpeg(), output_upscale_factor=2)
    assert (has_tags(data), read_header(BytesIO(data), LIMITS).source_type) == (True, ENHANCED)


def test_tags_are_in_all_outputs(finished, client):
    told, _ = finished(pictures.png(), outputs=[{"output_width": 20}, {"output_width": 30, "output_format": "webp"}])
    for output in told["outputs"]:
        data = client.get(output["download_url"]).content
        assert (has_tags(data), output["processed_size"]) == (True, len(data))


@pytest.mark.parametrize("target", ["ico", "svg"])
def test_a_format_that_has_no_place_for_them_says_so(finished, target):
    told, _ = finished(pictures.png(), output_format=target)
    label = FORMATS[target].label
    assert (
        told["warning"]
        == f"The tags were not written into the file: {label} files can't contain tags, or this one can't."
    )


def test_no_limit_on_bytes_is_exceeded_for_them(finished):
    photo = encode(draw(size=(300, 200)), "PNG")
    _, plain = finished(photo, output_format="jpg", write_tags=False)
    limit = len(plain) + 100
    told, data = finished(photo, output_format="jpg", output_file_size_limit=limit)
    assert (has_tags(data), told["size_limit_met"], len(data) <= limit) == (False, True, True)
    assert told["warning"] == "The tags were not written into the file: it would exceed the limit on its bytes."


def test_a_missed_limit_is_told_with_the_bytes_of_the_file_with_tags(finished):
    told, data = finished(pictures.png(), output_format="jpg", output_file_size_limit=20)
    assert (has_tags(data), told["warning"]) == (
        True,
        f"The limit of 20 bytes was not met: the file has {len(data)} bytes.",
    )


def test_room_is_left_for_them_within_a_limit():
    asked = ProcessingSettings(output_file_size_limit=100_000, write_tags=True)
    assert leave_room(asked).output_file_size_limit == 100_000 - ROOM_FOR_TAGS
    assert leave_room(asked.model_copy(update={"output_file_size_limit": 1000})).output_file_size_limit == 950
    assert leave_room(asked.model_copy(update={"write_tags": False})).output_file_size_limit == 100_000


def test_a_jpeg_that_is_given_back_byte_for_byte_has_none(finished):
    told, data = finished(pictures.jpeg(), output_format="jxl", jpeg_reconstruction=True)
    assert "jpeg_reconstruction keeps every byte" in told["warning"]
    assert packet_in(data) == ""


def test_a_file_without_tags_is_finished_as_it_is(finished, tagger):
    tagger.said = TaggingFailed("The model had nothing to say.")
    told, data = finished(pictures.png())
    assert (told["status"], packet_in(data)) == ("completed", "")
    assert told["warning"].startswith("No tags: ")


def test_a_stage_that_is_repeated_writes_them_once(client, submit, run_stages):
    job = submit(pictures.png(), output_seo_tag_gen=True, write_tags=True)
    state = run_stages(job["id"])
    first = client.get(f"/download/{job['id']}").content
    finish.handler(state, None)
    assert client.get(f"/download/{job['id']}").content == first


def test_an_attempt_that_broke_off_after_writing_is_taken_up(client, submit, run_stages, monkeypatch):
    job = submit(pictures.png(), output_seo_tag_gen=True, write_tags=True)
    with monkeypatch.context() as broken:
        broken.setattr("imgopt.jobs.repository.mark_completed", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run_stages(job["id"])
    run_stages(job["id"])
    told = client.get(f"/status/{job['id']}").json()["job"]
    data = client.get(f"/download/{job['id']}").content
    assert (has_tags(data), told["processed_size"]) == (True, len(data))


@pytest.mark.parametrize("elsewhere", ['xmlns:rdf="urn:other"', ""])
def test_xmp_may_call_rdf_otherwise(elsewhere):
    packet = XMP.decode().replace("rdf:", "R:").replace(":rdf=", ":R=").replace("<R:RDF", f"<R:RDF {elsewhere}")
    data = FORMATS["png"].write_xmp(pictures.png(), packet.encode())
    once = write_tags(data, "png", ALT, "Red corner", TAGS.keywords)
    assert (has_tags(once), "Ann" in packet_in(once)) == (True, True)
    assert write_tags(once, "png", ALT, "Red corner", TAGS.keywords) == once
    graph = parseString(packet_in(once)).documentElement.firstChild
    children = [each for each in graph.childNodes if each.nodeType == each.ELEMENT_NODE]
    assert {each.namespaceURI for each in children} == {graph.namespaceURI}


@pytest.mark.parametrize("frames", [1, 3])
def test_xmp_of_an_avif_leaves_no_room_behind(frames):
    more = {"save_all": True, "append_images": [draw("L").convert("RGB")] * (frames - 1)} if frames > 1 else {}
    exif = Image.Exif()
    exif[0x8298] = "(c) Ann"
    source = encode(draw().convert("RGB"), "AVIF", exif=exif, xmp=XMP + b" " * 5000, **more)
    data = write_tags(source, "avif", ALT, "Red corner", TAGS.keywords)
    before, after = open_image(source), open_image(data)
    assert (has_tags(data), "Ann" in packet_in(data), len(data) < len(source) - 4000) == (True, True, True)
    assert (after.info["exif"], after.n_frames) == (before.info["exif"], frames)
    for number in range(frames):
        before.seek(number)
        after.seek(number)
        assert after.tobytes() == before.tobytes()


def test_damaged_xmp_gives_way():
    data = FORMATS["png"].write_xmp(pictures.png(), b"<x")
    assert has_tags(write_tags(data, "png", ALT, "Red corner", TAGS.keywords))
