"""The language in which a page is first shown. Visitors can choose another."""

DEFAULT = "en"
# Each language has a file in functions/api/static/app/texts.
LANGUAGES = (DEFAULT, "de")


def choose_language(accept_language: str) -> str:
    """The first supported language in the header. Browsers list the preferred one first."""
    wanted = (each.partition(";")[0].strip().lower().partition("-")[0] for each in accept_language.split(","))
    return next((each for each in wanted if each in LANGUAGES), DEFAULT)
