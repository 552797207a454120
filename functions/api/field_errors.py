"""Messages about invalid fields of a request, in place of those of pydantic and FastAPI, which speak of Python."""

from typing import Any

NOT_JSON = "Send the body as JSON, with the header Content-Type: application/json."
NOT_A_FILE = "This is a text, not a file. With curl, write -F file=@photo.jpg."


def reword(error: dict[str, Any]) -> dict[str, Any]:
    """Returns an error of FastAPI with another message. A body without the type of JSON arrives as bytes."""
    if isinstance(error.get("input"), bytes):
        return {**error, "msg": NOT_JSON, "input": None}
    if "UploadFile" in error["msg"]:
        return {**error, "msg": NOT_A_FILE}
    return {**error, "msg": error["msg"].replace("Tuple", "List").replace("tuple", "list")}
