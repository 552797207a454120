"""Each format has everything that a job needs, and no other code depends on its name."""

import ast
import pkgutil
import re
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from io import BytesIO
from pathlib import Path

import pytest

import imgopt.codecs
from imgopt.codecs.format import Format
from imgopt.codecs.formats import FORMATS, READ_ALONE, decode_animation, encoder_of
from imgopt.codecs.header import count_frames, read_header
from imgopt.codecs.shared.encoding import NO_METADATA
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import OutputFormat, ProcessingSettings
from imgopt.imaging.steps.decode import decode
from imgopt.imaging.tagging_input import view
from imgopt.sandbox import spawning
from imgopt.tagging.slugs import SUFFIX
from imgopt_client import placement, settings_arguments, sources
from imgopt_client.signatures import looks_like_image
from tests import inputs, pictures

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT / "layers" / "domain" / "python" / "imgopt"
WRITTEN = [each for each in FORMATS.values() if each.encode]
ANIMATED = [each for each in FORMATS.values() if each.encode_animation]
QUALITY = 70


def sample(each: Format) -> bytes:
    """A small file of a format: one that others wrote, or else its own."""
    if each.name in inputs.MAKERS:
        return inputs.data_of(each.name)
    assert each.encode, f"tests/inputs.py has no {each.label} file, and the service writes none"
    return each.encode(pictures.draw(), QUALITY, NO_METADATA).data


def by_name(each: Format) -> str:
    return each.name


def test_every_folder_of_a_format_is_listed():
    folders = {module.name for module in pkgutil.iter_modules(imgopt.codecs.__path__) if module.ispkg} - {"shared"}
    found = {name: import_module(f"imgopt.codecs.{name}").FORMAT for name in folders}
    unlisted = [name for name in found if FORMATS.get(found[name].name) is not found[name]]
    assert unlisted == [], "imgopt/codecs/formats.py lists the folders in _FOLDERS"
    assert len(found) == len(FORMATS)


def test_format_that_is_not_written_is_listed_as_read_alone():
    only_read = {each.name for each in FORMATS.values() if each.encode is None}
    assert only_read == READ_ALONE, "imgopt/codecs/formats.py has them in READ_ALONE"


@pytest.mark.parametrize(
    ("lacks", "told"),
    [
        ({"open_image": None}, "PNG needs open_image or vector, and not both."),
        ({"encode": None, "encode_animation": None}, "PNG needs encode or replaced_by, and not both."),
        ({"replaced_by": ("jpg", "png")}, "PNG needs encode or replaced_by, and not both."),
        ({"decode_animation": None}, "PNG needs scan and decode_animation, or neither."),
        ({"scan": None, "decode_animation": None}, "PNG needs scan and decode_animation, as it has encode_animation."),
        ({"encode": None, "replaced_by": ("jpg", "jpg")}, "PNG needs encode, as it is written."),
    ],
)
def test_format_that_lacks_a_half_is_refused_before_there_are_jobs(lacks, told):
    with pytest.raises(ValueError, match=f"^{told}$"):
        replace(FORMATS["png"], **lacks)


@pytest.mark.parametrize("each", FORMATS.values(), ids=by_name)
def test_format_is_told_and_read_by_its_header(each):
    header = read_header(BytesIO(sample(each)), pictures.LIMITS)
    assert (header.format, header.mime_type, header.extension) == (each.name, each.mime_type, each.extension)
    assert (header.width, header.height) == inputs.shown_by(each.name).size


@pytest.mark.parametrize("each", FORMATS.values(), ids=by_name)
def test_format_can_be_seen_by_a_tagger_and_compressed(each):
    """Raster formats are opened, drawings are drawn; what is only read is written as another one."""
    data = sample(each)
    header = read_header(BytesIO(data), pictures.LIMITS)
    assert view(data, header).width >= header.width
    assert (each.open_image is None) == (each.vector is not None)
    assert FORMATS[optimize(data, header, ProcessingSettings()).artifact.format].encode
    assert (each.replaced_by is None) == (each.encode is not None)


@pytest.mark.parametrize("each", WRITTEN, ids=by_name)
def test_format_that_is_written_is_asked_for_by_name_and_read_again(each):
    made = encoder_of(each)(pictures.draw(size=(32, 32)), QUALITY, NO_METADATA).data
    assert read_header(BytesIO(made), pictures.LIMITS).format == each.name
    assert OutputFormat(each.name.upper()) == each.name


def test_registry_names_formats_as_they_call_themselves():
    assert [*FORMATS] == [each.name for each in FORMATS.values()]


def test_formats_are_known_by_name_without_being_loaded():
    told = (
        "import sys; from imgopt.codecs.formats import *; print('png' in FORMATS, 'imgopt.codecs.png' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", told], text=True).split() == ["True", "False"]


def test_process_that_reads_a_tiff_loads_little():
    """Each file has its own process, which waits for what it imports: settings take longer than all else."""
    told = """
import sys
from imgopt.codecs.tiff.codec import decode
decode(sys.stdin.buffer.read())
print(sys.modules.keys() & {"imgopt.settings", "urllib.request", "PIL.PdfImagePlugin"} or "none of them")
"""
    command, environment = [*spawning.CHILD_COMMAND[:-1], told], spawning.child_environment()
    assert subprocess.check_output(command, input=inputs.data_of("tiff"), env=environment) == b"none of them\n"


def test_formats_that_are_written_are_all_that_can_be_asked_for():
    assert {*OutputFormat} - {OutputFormat.ORIGINAL, OutputFormat.AUTO} == {each.name for each in WRITTEN}


def test_command_line_client_asks_for_all_formats_that_are_written():
    told = "imgopt_client/settings_arguments.py has OUTPUT_FORMATS, in the order of the server"
    assert [*settings_arguments.OUTPUT_FORMATS] == [*OutputFormat], told


def test_command_line_client_replaces_no_file_of_a_format_that_is_only_read():
    assert {*placement.READ_ALONE} == {f".{name}" for name in READ_ALONE}, "imgopt_client/placement.py has them"


@pytest.mark.parametrize("each", FORMATS.values(), ids=by_name)
def test_command_line_client_finds_files_of_the_format(each):
    suffix = f".{each.name}"
    assert sources.MIME_TYPES.get(suffix) == each.mime_type, "imgopt_client/sources.py has suffixes"


@pytest.mark.parametrize("each", FORMATS.values(), ids=by_name)
def test_command_line_client_sends_files_of_the_format(each, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(sample(each))
    assert looks_like_image(path), "imgopt_client/signatures.py has how files begin"


@pytest.mark.parametrize("each", FORMATS.values(), ids=by_name)
def test_suffix_of_the_format_is_no_word_of_a_slug(each):
    assert SUFFIX.search(f"photo.{each.name}"), "imgopt/tagging/slugs.py has suffixes"


def test_aliases_are_of_one_format_each():
    listed = [alias for each in FORMATS.values() for alias in (each.name, *each.aliases)]
    assert len(listed) == len({*listed})
    assert all(OutputFormat(alias).value == each.name for each in WRITTEN for alias in each.aliases)


@pytest.mark.parametrize("each", FORMATS.values(), ids=by_name)
def test_format_whose_frames_are_counted_is_decoded_to_them(each):
    """The reverse holds, too: a format that writes animations can read its own."""
    assert (each.scan is None) == (each.decode_animation is None)
    assert not each.encode_animation or each.scan


@pytest.mark.parametrize("each", ANIMATED, ids=by_name)
def test_format_that_holds_animations_keeps_their_frames(each):
    frames = decode_animation(inputs.data_of("gif animated"), "gif")
    assert each.encode_animation is not None
    made = each.encode_animation(frames, QUALITY).data
    assert count_frames(made, each.name) == len(decode_animation(made, each.name).frames) == len(frames.frames) > 1
    rewritten = each.rewrite_animation(made, QUALITY, None) if each.rewrite_animation else None
    assert rewritten is None or count_frames(rewritten.data, each.name) == len(frames.frames)


@pytest.mark.parametrize("each", [each for each in FORMATS.values() if each.clean], ids=by_name)
def test_format_that_is_cleaned_shows_the_same(each):
    data = sample(each)
    assert each.clean is not None
    cleaned = each.clean(data, NO_METADATA)
    assert cleaned is not None
    before, after = (decode(file, each.name, KeepMetadata.NONE).image.tobytes() for file in (data, cleaned))
    assert before == after


# Where a word is no format of ours: Bedrock's name of what it is shown, vtracer's of what it takes.
NOT_OURS = {("storage/bedrock.py", "jpeg")}
# What imgproxy says of formats by name: which words stand for them in URLs, which one is taken where none is asked,
# what each loses, and by which of libvips' writers it is written (docs/decisions/0067).
BY_NAME = {
    *("image_urls/arguments.py", "setting_types.py", "variants/planning.py"),
    *(f"transform/{each}.py" for each in ("choice", "description", "format_order", "profiles")),
    *(f"transform/{each}.py" for each in ("sandboxed", "source_image", "variant_maker", "writing")),
}
# Examples in the served document are of some format or other.
EXAMPLES = "examples.py"


NAMES = {name for each in FORMATS.values() for name in (each.name, *each.aliases)}


A_NAME = re.compile(rf"\b(?:{'|'.join(sorted(NAMES))})\b")


def names_in(path: Path) -> set[str]:
    """Texts in a file that are a format's name or alias. Files without such a word are not parsed."""
    source = path.read_text()
    tree = ast.parse(source if A_NAME.search(source) else "")
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in constants if isinstance(text, str) and text in NAMES}


def test_no_code_outside_of_its_folder_names_a_format():
    folders = (DOMAIN, ROOT / "functions")
    files = [path for folder in folders for path in folder.rglob("*.py") if DOMAIN / "codecs" not in path.parents]
    registry = DOMAIN / "codecs" / "formats.py"
    shared = [*{*(DOMAIN / "codecs").glob("*.py")} - {registry}, *(DOMAIN / "codecs" / "shared").glob("*.py")]
    named = {
        (path.relative_to(DOMAIN).as_posix() if DOMAIN in path.parents else path.name, name)
        for path in (*files, *shared)
        if path.name != EXAMPLES
        for name in names_in(path)
    }
    assert {(path, name) for path, name in named if path not in BY_NAME} == NOT_OURS
    assert {path for path, _ in named} >= BY_NAME
