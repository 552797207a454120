"""Prints the served OpenAPI document: `python -m functions.api.openapi`."""

import json
import sys

from functions.api.app import build_app

if __name__ == "__main__":
    json.dump(build_app().openapi(), sys.stdout, indent=2)
    sys.stdout.write("\n")
