"""One word for one thing: what several modules call alike plays the same part in each, and is listed here."""

import ast
from collections import Counter
from pathlib import Path

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
MOST = 0.04
ALIKE = {
    *("add", "clear", "delete", "delete_all", "find", "find_all", "forget", "keep", "lookup", "put", "read"),  # stores
    *("read_all", "remove"),
    *("check_complete", "clean", "decode", "encode", "encode_animation", "insert", "open_image", "read_size"),  # codecs
    *("decode_animation", "mend", "rewrite", "scan", "strip"),
    *("handler", "main"),  # what is called from outside
    # One act, as a route or a command, and below.
    *("delete_account", "let_in", "log_out", "show", "shut_out", "submit"),
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
    *("is_as_tested", "join", "of_node", "packages", "parse", "read_object", "say", "stop", "write"),
}


def names_of(path: Path) -> set[str]:
    """Classes and functions at the top of a module that others may use."""
    tops = ast.parse(path.read_text()).body
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {each.name for each in tops if isinstance(each, definitions) and not each.name.startswith("_")}


def test_names_that_are_defined_more_than_once_are_listed_and_few():
    counts = Counter(name for package in PACKAGES for path in (ROOT / package).rglob("*.py") for name in names_of(path))
    shared = {name for name, count in counts.items() if count > 1}
    assert shared == ALIKE
    assert len(shared) < MOST * len(counts)
