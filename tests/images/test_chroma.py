"""Whether halved colour resolution is visible."""

from PIL import Image, ImageDraw

from imgopt.codecs.jpeg import codec as jpeg
from imgopt.codecs.shared.chroma import exceeds_chroma_loss, visible_chroma_loss
from tests import pictures

RED = (220, 0, 0)


def page(color: tuple[int, int, int]) -> Image.Image:
    """A large grey page with one line of text in a colour."""
    image = Image.new("RGB", (1200, 900), (235, 235, 235))
    ImageDraw.Draw(image).text((700, 610), "please sign here", fill=color)
    return image


def test_red_line_on_a_grey_page_keeps_its_colour():
    assert jpeg.encode(page(RED), 80).encoder == "jpegli 4:4:4"


def test_a_page_of_grey_text_and_a_smooth_picture_have_halved_colour():
    assert jpeg.encode(page((60, 60, 60)), 80).encoder == "jpegli"
    assert jpeg.encode(pictures.draw(size=(256, 256)).resize((900, 900)), 80).encoder == "jpegli"


def test_a_loss_of_colour_is_compared_as_the_whole_sample_shows_it():
    image = pictures.draw().resize((700, 600)).effect_spread(4)
    share = visible_chroma_loss(image)
    assert exceeds_chroma_loss(image, share * 0.9)
    assert not exceeds_chroma_loss(image, share)
    assert not exceeds_chroma_loss(image, 1)
