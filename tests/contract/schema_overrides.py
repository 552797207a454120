"""The served document with narrower schemas than the contract promises.

Requests are made up from this one, so that they get beyond the first check, and may name what the service knows.
"""

from copy import deepcopy
from typing import Any

from imgopt.imaging.options import OutputFormat, ResizeBehavior
from tests.contract.fixtures import ARRIVED, AWAITED, JOBS, KEY, OLD_AWAITED, UPLOAD

Part = dict[str, Any]
KNOWN_JOB, ANY_JOB = {"enum": list(JOBS.values())}, {"type": "string", "format": "uuid"}
SOME_UPLOADS = {"type": "array", "items": {"enum": [UPLOAD]}, "minItems": 1, "maxItems": 20}
SOME_JOBS = {"type": "array", "items": {"anyOf": [KNOWN_JOB, ANY_JOB]}, "minItems": 1, "maxItems": 100}
FORMAT = {"enum": list(OutputFormat), "default": "original"}

PROPERTIES: dict[str, dict[str, Part]] = {
    "ProcessFilesRequest": {"temp_file_ids": SOME_UPLOADS},
    "CompressRequest": {"temp_file_ids": SOME_UPLOADS, "output_format": FORMAT},
    "ResizeRequest": {
        "temp_file_ids": SOME_UPLOADS,
        "output_format": FORMAT,
        "resize_behavior": {"enum": list(ResizeBehavior), "default": "pad"},
    },
    "UpscaleRequest": {"temp_file_ids": SOME_UPLOADS, "output_format": FORMAT},
    "TagRequest": {"temp_file_ids": SOME_UPLOADS, "output_format": FORMAT},
    "CompleteRequest": {"upload_id": {"enum": [UPLOAD, ARRIVED, AWAITED, OLD_AWAITED]}},
}
PARAMETERS = {"job_id": KNOWN_JOB, "job_ids": SOME_JOBS, "key_id": {"enum": [KEY, UPLOAD]}}


def override_schemas(served: Part) -> Part:
    document = deepcopy(served)
    for name, properties in PROPERTIES.items():
        document["components"]["schemas"][name]["properties"].update(properties)
    for methods in document["paths"].values():
        for method, operation in methods.items():
            if method != "options":
                narrow(operation)
    return document


def narrow(operation: Part) -> None:
    for parameter in operation.get("parameters", []):
        parameter["schema"] = PARAMETERS.get(parameter["name"], parameter["schema"])
