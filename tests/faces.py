"""Drawn faces. They are plain, but a network for faces still detects them."""

from PIL import Image, ImageDraw, ImageFilter

SKIN, SHADE, HAIR, CLOTH = (224, 172, 140), (202, 145, 116), (60, 40, 30), (60, 70, 120)


def draw_face(image: Image.Image, x: float, y: float, radius: float) -> Image.Image:
    """Draws a face with its centre at x and y. Its width is about 1.5 times the radius, its height twice."""
    drawn = image.copy()
    pen = ImageDraw.Draw(drawn)

    def ellipse(left: float, top: float, right: float, bottom: float, fill: object) -> None:
        pen.ellipse((x + left * radius, y + top * radius, x + right * radius, y + bottom * radius), fill=fill)

    ellipse(-1.8, 1.3, 1.8, 4, CLOTH)
    ellipse(-0.95, -1.35, 0.95, 0.6, HAIR)
    ellipse(-0.78, -1, 0.78, 1.1, SKIN)
    for side in (-1, 1):
        eye = side * 0.34
        ellipse(eye - 0.17, -0.2, eye + 0.17, 0, "white")
        ellipse(eye - 0.08, -0.19, eye + 0.08, -0.02, HAIR)
        pen.line(
            [(x + each * radius, y - 0.35 * radius) for each in (side * 0.16, side * 0.55)], HAIR, int(radius / 12)
        )
    nose = [(0.0, 0.0), (-0.13, 0.38), (0.13, 0.38)]
    pen.polygon([(x + across * radius, y + down * radius) for across, down in nose], SHADE)
    ellipse(-0.3, 0.53, 0.3, 0.72, (170, 70, 70))
    return drawn.filter(ImageFilter.GaussianBlur(radius / 50))
