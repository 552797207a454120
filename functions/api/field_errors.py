"""What is wrong with a request's fields, in words for whoever sent them: pydantic and FastAPI speak of Python."""

from typing import Any

NOT_JSON = "Send the body as JSON, with the header Content-Type: application/json."
NOT_A_FILE = "Here is a text in place of a file. With curl, write -F file=@photo.jpg."


def reword(error: dict[str, Any]) -> dict[str, Any]:
    """One error of FastAPI. Only a body that is not said to be JSON is shown as bytes."""
    if isinstance(error.get("input"), bytes):
        return {**error, "msg": NOT_JSON, "input": None}
    if "UploadFile" in error["msg"]:
        return {**error, "msg": NOT_A_FILE}
    return {**error, "msg": error["msg"].replace("Tuple", "List").replace("tuple", "list")}
