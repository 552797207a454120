"""One word for one thing: a name of several modules means the same in each, and is listed here."""

import ast
from collections import Counter
from pathlib import Path

from tests.infrastructure.test_imports import tree_of

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "layers/domain/python/imgopt",
    "functions",
    "imgopt_client",
    "cdk",
    "local",
    "gpu_container",
    "supply_chain",
)
CODECS = ROOT / "layers/domain/python/imgopt/codecs"
MOST = 0.04
ALIKE = {
    *("add", "clear", "delete", "delete_all", "find", "find_all", "forget", "keep", "lookup", "put", "read"),  # stores
    *("read_all", "remove"),
    *(
        "check_complete",
        "clean",
        "decode",
        "encode",
        "encode_animation",
        "encode_quickly",
        "insert",
        "open_image",
        "open_quickly",
        "read_size",
    ),  # codecs
    *("decode_animation", "mend", "read_embedded", "rewrite", "scan", "strip", "trim", "write_xmp"),
    *("handler", "main"),  # what is called from outside
    # One act, as a route or a command, and below.
    *("delete_account", "describe", "log_out", "show", "submit"),
    *(
        "check",
        "enter",
        "exit_code",
        "export",
        "fail",
        "fetch",
        "finish",
        "guarded",
        "has_gpu",
        "identify",
    ),  # elsewhere
    *("is_as_tested", "join", "of_node", "packages", "parse", "read_object", "say", "sign", "stop", "write"),
    # Kinds of items, and how long they are kept.
    *("FIRST", "KIND", "LAST", "LIFETIME", "LIST", "TTL", "USER"),
    # What a format's encoder and reader are called by, and how they are set.
    *("END", "Encode"),
    *("PIECE_BYTES", "Picture", "REFUSAL", "ROOT", "SECONDS"),
    *("Transform", "Write"),
    # Mathematics and drawing, in codecs that don't meet.
    *(
        "Box",
        "Color",
        "Curve",
        "Frame",
        "Layer",
        "Matrix",
        "Measure",
        "Triple",
        "Values",
        "expand",
        "multiply",
        "shrink",
    ),
    # What `imgopt sync` and the function for buckets say alike: neither imports the other.
    *(
        "GENERATION",
        "HEIGHT",
        "NAMES",
        "OBJECT",
        "PLACEHOLDER",
        "PRESET",
        "SCORE",
        "SOURCE",
        "WIDTH",
        "check_apart",
        "is_made",
        "mark_of",
        "object_of",
    ),
    # One part each, in modules that don't meet.
    *(
        "ADDRESS",
        "BUCKET",
        "Changes",
        "Content",
        "ENDING_SIGNALS",
        "GONE_STATUSES",
        "ITEM_ACTIONS",
        "Journal",
        "KEY_LENGTH",
        "LONGEST_NAME",
        "MEDIA_TYPES",
        "MISSING",
        "NO_HEADERS",
        "OWN_MB",
        "Objects",
        "Outcome",
        "Preset",
        "REASONS",
        "SourceObject",
        "TOUCHED_KINDS",
        "TRIES",
        "WrongUsage",
        "apply",
        "carry_out",
        "check_key",
        "check_number",
        "check_source",
        "content_of",
        "find_earlier",
        "make",
        "note",
        "options_of",
        "result_key",
        "settings_of",
        "store",
        "version_of",
    ),
    *("Output", "Source"),
    *("ATTEMPTS", "AUTHORIZATION", "DAY", "HOUR", "LIBC", "LONGEST_SIDE", "MEMORY_MB"),
    *(
        "MEBIBYTE",
        "MILLION",
        "MINUTE",
        "PR_SET_PDEATHSIG",
        "RATE_LIMITS",
        "REFUSED",
        "RESERVE_SECONDS",
        "RETRY_SECONDS",
    ),
    *("SECRET", "SLICE_BYTES", "Size", "State", "T", "TOKEN_HEADER", "UNUSED_ID", "UV", "application", "router"),
}


def names_of(path: Path) -> set[str]:
    """Classes, functions and constants at the top of a module that others may use.

    Constants of codecs have the names of their formats' specifications, and are told by their modules.
    """
    found = {name for each in tree_of(path).body for name in defined_by(each)}
    return {name for name in found if not name.startswith("_") and not (name.isupper() and CODECS in path.parents)}


def defined_by(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    found = [node for each in targets for node in ast.walk(each) if isinstance(node, ast.Name)]
    return [node.id for node in found if isinstance(node.ctx, ast.Store)]


def test_names_that_are_defined_more_than_once_are_listed_and_few():
    counts = Counter(name for package in PACKAGES for path in (ROOT / package).rglob("*.py") for name in names_of(path))
    shared = {name for name, count in counts.items() if count > 1}
    assert shared == ALIKE, "a name that several modules define is listed above, or changed"
    assert len(shared) < MOST * len(counts)
