"""Names of results, by the user's template."""

import pytest

from imgopt_client.errors import ClientError
from imgopt_client.naming import NameTemplate, template_with_suffix
from imgopt_client.optimizer import optimize_files
from imgopt_client.options import Options

FACTS = {"format": "webp", "width": 40, "height": 30}


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{stem}-{width}.{ext}", "hero-40.webp"),
        ("{width}x{height}.{format}", "40x30.webp"),
        ("{{{stem}}}.{ext}", "{hero}.webp"),
        ("fixed", "fixed"),
    ],
)
def test_template_has_fields_of_the_input_and_its_result(template, name):
    assert NameTemplate(template).render("hero", "hero.tinified.webp", FACTS) == name


@pytest.mark.parametrize(
    "template", ["{size}.png", "{stem", "{}", "{0}", "{stem!r}", "{stem:9999}", "{stem.x}", "a/{stem}", "..\\{stem}"]
)
def test_template_with_anything_else_is_refused(template):
    with pytest.raises(ClientError, match=r"template|field|folder"):
        NameTemplate(template)


@pytest.mark.parametrize(("suffix", "name"), [(".min", "hero.min.webp"), ("", "hero.webp"), ("{2}", "hero{2}.webp")])
def test_suffix_is_put_behind_the_stem(suffix, name):
    assert template_with_suffix(suffix).render("hero", "x.webp", FACTS) == name


def test_results_are_named_by_the_template(connection, images):
    (hero,) = images("hero.png")
    (outcome,) = optimize_files(connection, [hero], {}, Options(template=NameTemplate("{stem}-{width}.{ext}")))
    assert outcome.result == hero.with_name("hero-40.webp")


def test_stem_is_the_servers_where_it_was_asked_to_rename(server, connection, images):
    server.job_status = lambda name: {"status": "completed", "processed_filename": "red-car.webp"}
    options, settings = Options(template=template_with_suffix(".min")), {"output_seo_rename": True}
    (outcome,) = optimize_files(connection, images("hero.png"), settings, options)
    assert outcome.result.name == "red-car.min.webp"


def test_template_never_names_an_input(connection, images):
    (hero,) = images("hero.webp")
    (outcome,) = optimize_files(connection, [hero], {}, Options(template=template_with_suffix(""), overwrite=True))
    assert outcome.result.name == "2-hero.webp"


def test_another_template_makes_another_result(connection, images):
    inputs = images("hero.png")
    for suffix in (".a", ".b"):
        (outcome,) = optimize_files(connection, inputs, {}, Options(template=template_with_suffix(suffix)))
        assert outcome.result.name == f"hero{suffix}.webp"
