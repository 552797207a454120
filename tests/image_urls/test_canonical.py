"""URLs that request the same pixels have the same canonical text."""

from random import Random

import pytest

from imgopt.image_urls.canonical import canonical
from imgopt.image_urls.parsing import parse
from imgopt.image_urls.signatures import sign
from imgopt.transform.options import TransformOptions
from tests.image_urls.url_requests import PAIR, SOURCE, ask, rules

# Options that have nothing to do with each other, each with what may be asked of it.
POSSIBLE = {
    "rt": ("fit", "fill", "fill-down", "force", "auto"),
    "w": ("0", "1", "300", "8192"),
    "h": ("0", "200"),
    "mw": ("10",),
    "z": ("1", "1.5", "1.5:2"),
    "dpr": ("1", "2", "2.0", "0.50"),
    "el": ("1", "0"),
    "ex": ("1", "0", "1:no:1:2"),
    "exar": ("1:so",),
    "g": ("ce", "sm", "fp:0.1:0.9", "no:0.2:-3"),
    "c": ("0.5:0.5", "100:0:nowe"),
    "t": ("10", "10:fff:1", ""),
    "pd": ("10", "1:2:3:4"),
    "rot": ("0", "90", "-90"),
    "fl": ("1:0", ":1"),
    "bg": ("fff", "1:2:3", ""),
    "bl": ("0.5",),
    "wm": ("0.5", "1:soea:1:2:0.3"),
    "sm": ("0", "1"),
    "q": ("0", "80"),
    "fq": ("webp:1:avif:2", "avif:2:webp:1"),
    "mb": ("0", "5000"),
    "f": ("jpg", "jpeg", "webp"),
    "target": ("high", "80", "70.5"),
    "upscale": ("2",),
    "cb": ("a", "b"),
    "fn": ("a.jpg",),
}
SEEDS = range(60)


def made_up(random: Random) -> list[str]:
    names = random.sample(sorted(POSSIBLE), random.randint(0, len(POSSIBLE)))
    return [f"{name}:{random.choice(POSSIBLE[name])}" for name in names]


@pytest.mark.parametrize("seed", SEEDS)
def test_order_of_options_changes_nothing(seed):
    random = Random(seed)
    options = made_up(random)
    others = random.sample(options, len(options))
    assert ask("/".join(options)) == ask("/".join(others))
    assert canonical(ask("/".join(options)).transform) == canonical(ask("/".join(others)).transform)


@pytest.mark.parametrize("seed", SEEDS)
def test_equal_texts_are_of_equal_options(seed):
    one, other = (ask("/".join(made_up(Random(seed + more)))).transform for more in (0, 1000))
    assert (canonical(one) == canonical(other)) == (one == other)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_option_that_comes_later_wins(seed):
    random = Random(seed)
    name = random.choice([name for name in POSSIBLE if name not in ("z", "ex", "g", "c", "t", "pd", "fl", "wm", "fq")])
    first, last = random.choice(POSSIBLE[name]), random.choice(POSSIBLE[name])
    others = [option for option in made_up(random) if not option.startswith(f"{name}:")]
    later = "/".join([f"{name}:{first}", *others, f"{name}:{last}"])
    assert ask(later) == ask("/".join([*others, f"{name}:{last}"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_signed_options_are_read_again(seed):
    random = Random(seed)
    options, size = "/".join(made_up(random)), random.randint(1, 32)
    path = f"/{options}/{SOURCE}" if options else f"/{SOURCE}"
    asked = parse(f"/{sign(path, PAIR.key, PAIR.salt, size)}{path}", rules(signature_size=size))
    assert asked == ask(options)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rs:fill:300:200", "w:300/h:200/rt:fill"),
        ("dpr:2", "dpr:2.0"),
        ("g:no:0:-0", "g:no"),
        ("bg:fff", "bg:255:255:255"),
        ("rot:-90", "rot:270"),
        ("f:jpeg", "ext:jpg"),
        ("target:high", "target:80"),
        ("cb:a", "cb:b/fn:c/att:1/raw:0"),
    ],
)
def test_requests_for_the_same_have_the_same_text(one, other):
    assert canonical(ask(one).transform) == canonical(ask(other).transform)


def test_defaults_are_left_out():
    assert canonical(TransformOptions()) == ""
    assert canonical(ask("w:0/sm:1/g:ce/rt:fit/dpr:1").transform) == ""


def test_a_text_names_what_is_asked():
    options = "rs:fill:300:200/g:fp:0.1:1/bg:fc0/fq:webp:70:avif:50/dpr:1.5/ex:1"
    assert canonical(ask(options).transform) == (
        "background=255,204,0;dpr=1.5;extend=((ce,0,0));format_quality=avif:50,webp:70;"
        "gravity=(fp,0.10000000000000001,1);height=200;resizing_type=fill;width=300"
    )
