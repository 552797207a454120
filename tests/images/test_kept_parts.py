"""Metadata of which parts are kept: rights, time and place."""

from itertools import combinations

import pytest
from PIL import Image

from imgopt.codecs.shared import iptc, keep_metadata
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.imaging.options import ProcessingSettings
from tests.metadata_files import packet_of
from tests.pictures import draw, encode, open_image, run

PARTS = ("copyright", "creation", "location")
SOME = [list(each) for count in (1, 2, 3) for each in combinations(PARTS, count)]
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
ARTIST, COPYRIGHT, MAKE, TAKEN, ZONE, LENS = 0x013B, 0x8298, 0x010F, 0x9003, 0x9011, 0xA434
LATITUDE, ALTITUDE, DAY = 2, 6, 0x1D
PACKET = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmp:CreateDate="2026-05-04" exif:GPSLatitude="53,33N" exif:GPSTimeStamp="2026-05-04T01:02:03Z"
 photoshop:City="Hamburg" xmp:CreatorTool="An editor">
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">Ann's</rdf:li></rdf:Alt></dc:rights>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
# What each part has of it.
SAID = {"copyright": ["Ann's"], "creation": ["2026-05-04"], "location": ["53,33N", "Hamburg"]}


def photo(pillow_name: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[ARTIST], exif[COPYRIGHT], exif[MAKE] = "Ann", "(c) Ann", "A camera"
    exif.get_ifd(EXIF_IFD).update({TAKEN: "2026:05:04 01:02:03", ZONE: "+02:00", LENS: "A lens"})
    exif.get_ifd(GPS_IFD).update({1: "N", LATITUDE: (53.0, 33.0, 0.0), ALTITUDE: 8.5, DAY: "2026:05:04"})
    return encode(draw(), pillow_name, exif=exif, xmp=PACKET)


def tags_of(data: bytes) -> set[int]:
    exif = open_image(data).getexif()
    return {*exif, *exif.get_ifd(EXIF_IFD), *(("GPS", tag) for tag in exif.get_ifd(GPS_IFD))}


@pytest.mark.parametrize("parts", SOME, ids=",".join)
@pytest.mark.parametrize("target", ["jpg", "webp"])
def test_exif_has_the_parts_that_are_asked_for_alone(target, parts):
    found = tags_of(run(photo(), output_format=target, keep_metadata=parts).data)
    assert {ARTIST, COPYRIGHT} & found == ({ARTIST, COPYRIGHT} if "copyright" in parts else set())
    assert {TAKEN, ZONE} & found == ({TAKEN, ZONE} if "creation" in parts else set())
    assert ((("GPS", LATITUDE) in found), (("GPS", ALTITUDE) in found)) == ("location" in parts,) * 2
    assert (("GPS", DAY) in found) == ({"creation", "location"} <= set(parts))
    assert not {MAKE, LENS} & found


@pytest.mark.parametrize("parts", SOME, ids=",".join)
@pytest.mark.parametrize("target", ["jpg", "png"])
def test_xmp_has_the_parts_that_are_asked_for_alone(target, parts):
    kept = packet_of(run(photo(), output_format=target, keep_metadata=parts).data).decode()
    assert {part: [word in kept for word in words] for part, words in SAID.items()} == {
        part: [part in parts] * len(words) for part, words in SAID.items()
    }
    assert ("01:02:03Z" in kept) == ({"creation", "location"} <= set(parts))
    assert "An editor" not in kept


def with_iptc(*datasets: tuple[int, bytes]) -> bytes:
    block = b"".join(iptc.Dataset(2, number, text).to_bytes() for number, text in datasets)
    resource = iptc.to_photoshop(block)
    data = encode(draw(), "JPEG")
    return data[:2] + b"\xff\xed" + (len(resource) + 2).to_bytes(2) + resource + data[2:]


IPTC_FILE = with_iptc((25, b"harbour"), (55, b"20260504"), (60, b"010203+0200"), (90, b"Hamburg"), (116, b"(c) Ann"))


@pytest.mark.parametrize(
    ("part", "numbers"), [("copyright", [116]), ("creation", [55, 60]), ("location", [90])], ids=str
)
def test_iptc_has_the_parts_that_are_asked_for_alone(part, numbers):
    done = run(IPTC_FILE, output_format="jpg", keep_metadata=part)
    kept = open_image(done.data).info["photoshop"][iptc.IPTC_RESOURCE]
    assert [each.number for each in iptc.read_datasets(kept)] == numbers


def test_a_date_of_iptc_is_said_in_xmp_where_a_format_has_no_other_place():
    kept = packet_of(run(IPTC_FILE, output_format="png", keep_metadata="creation").data)
    assert b"<photoshop:DateCreated>2026-05-04T01:02:03+02:00</photoshop:DateCreated>" in kept
    assert b"Hamburg" not in kept


@pytest.mark.parametrize("written", [b"04.05.2026", b"", b"2026"])
def test_a_date_that_is_none_is_not_said(written):
    assert b"DateCreated" not in run(with_iptc((55, written)), output_format="png", keep_metadata="all").data


def test_an_original_that_is_given_back_keeps_the_parts_that_are_asked_for():
    data = run(photo(), output_quality=30, keep_metadata="all").data
    done = run(data, keep_metadata=["creation", "copyright"])
    assert done.original_returned
    found = tags_of(done.data)
    assert {TAKEN, COPYRIGHT} <= found
    assert not {MAKE, ("GPS", LATITUDE)} & found


@pytest.mark.parametrize("asked", ["none", "copyright", "ALL", ["location"], ["copyright", "location"], list(PARTS)])
def test_parts_are_stored_so_that_they_can_be_read_again(asked):
    options = ProcessingSettings(keep_metadata=asked)
    assert ProcessingSettings.model_validate(options.model_dump(mode="json")) == options
    assert ProcessingSettings.model_validate_json(options.model_dump_json()) == options
    assert keep_metadata.parse(keep_metadata.show(options.keep_metadata)) is options.keep_metadata


def test_a_list_of_one_part_is_the_word_for_it():
    assert ProcessingSettings(keep_metadata=["copyright"]) == ProcessingSettings(keep_metadata="copyright")
    assert keep_metadata.show(KeepMetadata.COPYRIGHT) == "copyright"


@pytest.mark.parametrize("asked", ["gps", "", [], ["all"], ["none"], ["copyright", 1], 1, None, {"copyright": True}])
def test_other_parts_are_refused(asked):
    with pytest.raises(ValueError, match="Use none, copyright, creation, location, all, or a list of copyright"):
        ProcessingSettings(keep_metadata=asked)
