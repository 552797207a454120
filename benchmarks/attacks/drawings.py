"""SVGs of a few kilobytes, or as large as allowed, that take long to render or to optimize."""

from collections.abc import Callable

from benchmarks.attacks.stills import NOISE

SIZE = 'width="1000" height="1000" viewBox="0 0 1000 1000"'
AREA = '<rect width="1000" height="1000" fill="#357" filter="url(#f)"/>'


def svg(content: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {SIZE}>{content}</svg>'.encode()


def filtered(primitive: str, count: int = 20, areas: int = 1) -> bytes:
    """The same filter primitive many times over the whole canvas."""
    head = '<filter id="f" x="0" y="0" width="1" height="1">'
    return svg(f"{head}{primitive * count}</filter>{AREA * areas}")


def doubled(levels: int) -> bytes:
    """Each group contains the previous one twice, blurred, so the work doubles with each group."""
    groups = ['<g id="g0"><circle r="500" cx="500" cy="500"/></g>']
    groups += [
        f'<g id="g{n}" opacity=".9"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>' for n in range(1, levels + 1)
    ]
    return svg(f'<defs>{"".join(groups)}</defs><use href="#g{levels}"/>')


def layers(count: int) -> bytes:
    return svg('<g opacity=".99">' * count + AREA.replace(' filter="url(#f)"', "") + "</g>" * count)


def masks(count: int) -> bytes:
    mask = '<mask id="m" width="1" height="1"><rect width="1000" height="1000" fill="#fff"/></mask>'
    return svg(mask + '<rect width="1000" height="1000" fill="#357" mask="url(#m)"/>' * count)


def patterns(levels: int) -> bytes:
    """Patterns of patterns, each of small tiles."""
    made = "".join(
        f'<pattern id="p{n}" width="3" height="3" patternUnits="userSpaceOnUse">'
        f'<rect width="900" height="900" fill="{f"url(#p{n - 1})" if n else "#357"}"/></pattern>'
        for n in range(levels)
    )
    return svg(made + f'<rect width="1000" height="1000" fill="url(#p{levels - 1})"/>' * 50)


def paths(count: int) -> bytes:
    """Long curves for svgo, just below the size at which it does only one pass."""
    segments = " ".join("C" + " ".join(f"{NOISE.uniform(0, 999):.4f}" for _ in range(6)) for _ in range(count))
    return svg(f'<path d="M0 0 {segments}" fill="none" stroke="#000" stroke-dasharray="1 1"/>')


def shapes(count: int) -> bytes:
    return svg("".join(_square(NOISE.randrange(990), NOISE.randrange(990)) for _ in range(count)))


def _square(x: int, y: int) -> str:
    return f'<rect x="{x}" y="{y}" width="9" height="9" fill="#{NOISE.randrange(4096):03x}"/>'


INPUTS: dict[str, Callable[[], bytes]] = {
    "turbulence.svg": lambda: filtered('<feTurbulence baseFrequency=".9" numOctaves="9"/>', 10),
    "blurs.svg": lambda: filtered('<feGaussianBlur stdDeviation="90"/>', 20),
    "convolution.svg": lambda: filtered(f'<feConvolveMatrix order="15" kernelMatrix="{"1 " * 225}"/>', 8),
    "morphology.svg": lambda: filtered('<feMorphology operator="dilate" radius="100"/>', 8),
    "lighting.svg": lambda: filtered('<feSpecularLighting><fePointLight x="1" y="1" z="9"/></feSpecularLighting>', 20),
    "filtered areas.svg": lambda: filtered('<feGaussianBlur stdDeviation="30"/>', 1, 60),
    "doubled.svg": lambda: doubled(16),
    "layers.svg": lambda: layers(240),
    "masks.svg": lambda: masks(500),
    "patterns.svg": lambda: patterns(6),
    "dashes.svg": lambda: paths(3000),
    "long path.svg": lambda: paths(8000),
    "huge path.svg": lambda: paths(300_000),
    "shapes.svg": lambda: shapes(150_000),
    "rules.svg": lambda: svg(
        f"<style>{''.join(f'rect:not(.a{n}){{fill:red}}' for n in range(5000))}</style>" + "<rect/>" * 50_000
    ),
    "variables.svg": lambda: svg('<g style="--a:red;fill:var(--a)"/>' * 150_000),
    "own boxes.svg": lambda: svg(
        '<g style="transform-box:fill-box;rotate:1deg">' * 200 + "<rect/>" * 100_000 + "</g>" * 200
    ),
    "text.svg": lambda: svg(
        "".join(f'<text x="0" y="{n % 1000}" font-size="9">{"abc def " * 200}</text>' for n in range(400))
    ),
}
