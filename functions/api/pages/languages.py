"""Which language a page is shown in, until its reader chooses another."""

DEFAULT = "en"
# Each has its own table of texts: functions/api/static/app/texts.
LANGUAGES = (DEFAULT, "de")


def choose_language(accept_language: str) -> str:
    """The first of a browser's languages that there is; browsers name the one they like best first."""
    wanted = (each.partition(";")[0].strip().lower().partition("-")[0] for each in accept_language.split(","))
    return next((each for each in wanted if each in LANGUAGES), DEFAULT)
