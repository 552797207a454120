"""Who has things: two users, two guests and a former one, of whom none must learn anything of the others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Party:
    """What is known of a party bears its name, so that it is recognized wherever it comes out."""

    name: str
    is_user: bool = False

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"

    @property
    def filename(self) -> str:
        """Without its ending, which changes on the way."""
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


ADA, BEN = Party("ada", is_user=True), Party("ben", is_user=True)
GUS, GIA, FORMER = Party("gus"), Party("gia"), Party("former")
USERS, GUESTS = (ADA, BEN), (GUS, GIA, FORMER)
# Those whose things are foreign to all identities.
OTHERS = {GIA: "another guest's", BEN: "another user's"}
