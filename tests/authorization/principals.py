"""The owners of resources: two users, two guests and a former user. None must learn anything about the others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Principal:
    """The data of a principal contain the name of the principal, so that leaked data are recognized."""

    name: str
    is_user: bool = False

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"

    @property
    def filename(self) -> str:
        """The file name without its extension, which changes."""
        return f"holiday-of-{self.name}"

    @property
    def session_token(self) -> str:
        """A guest's."""
        return f"session-of-{self.name}"

    @property
    def device_token(self) -> str:
        """A user's."""
        return f"mcp_device-of-{self.name}"

    @property
    def page_session(self) -> str:
        """A user's, on the page for devices."""
        return f"page-session-of-{self.name}"


ADA, BEN = Principal("ada", is_user=True), Principal("ben", is_user=True)
GUS, GIA, FORMER = Principal("gus"), Principal("gia"), Principal("former")
USERS, GUESTS = (ADA, BEN), (GUS, GIA, FORMER)
# Those whose resources are foreign to all identities.
OTHERS = {GIA: "another guest's", BEN: "another user's"}
