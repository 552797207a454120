"""SVG that stays SVG."""

from imgopt.codecs import svg
from imgopt.codecs.encoding import Encoding
from imgopt.codecs.header import ImageHeader
from imgopt.pipeline.options import ProcessingSettings
from imgopt.pipeline.plan import Step, canvas_of, steps_for
from imgopt.pipeline.product import Product, product_of
from imgopt.pipeline.steps.compress import fit


def optimize(data: bytes, source: ImageHeader, options: ProcessingSettings) -> Product:
    behavior = options.output_resize_behavior.value
    if Step.RESIZE in steps_for(options):
        data = svg.resize(data, options.output_width, options.output_height, behavior)

    def encode(quality: int, _scale: float) -> Encoding:
        return Encoding(svg.optimize(data, quality), "svgo")

    made = fit(encode, options.output_quality, options.output_file_size_limit, scalable=False)
    return product_of(made, "svg", canvas_of(source, options))
