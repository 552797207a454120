"""Decisions have a title, a date and a status, and docs/decisions/README.md lists them."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "decisions"
FILES = sorted(FOLDER.glob("[0-9]*.md"))
HEAD = re.compile(r"# (\d+)\. (.+)\n\n- Date: (\d{4}-\d\d-\d\d)\n- Status: (.+)\n\n")
LINK = r"\[\d+\]\(\d{4}-[\w-]+\.md\)"
STATUS = re.compile(rf"Accepted|Accepted, amended by {LINK}(, {LINK})*( and {LINK})?|Superseded by {LINK}")


def test_decision_has_a_number_a_title_a_date_and_a_status():
    heads = {file.name: HEAD.match(file.read_text()) for file in FILES}
    missing = [name for name, head in heads.items() if not head]
    assert missing == [], "a title `# N. TITLE`, a line `- Date: YYYY-MM-DD` and a line `- Status: STATUS` come first"
    assert [name for name, head in heads.items() if head and int(head[1]) != int(name[:4])] == []
    assert [name for name, head in heads.items() if head and not STATUS.fullmatch(head[4])] == []


def test_index_has_a_row_for_each_decision():
    rows = [line for line in (FOLDER / "README.md").read_text().splitlines() if line.startswith("| [")]
    assert rows == [row_of(file) for file in FILES], "docs/decisions/README.md has a row for each, as its head says"


def row_of(file: Path) -> str:
    head = HEAD.match(file.read_text())
    assert head
    number, title, date, status = head.groups()
    return f"| [{number}]({file.name}) | {title} | {status} | {date} |"


def test_decisions_are_numbered_without_gaps():
    assert [int(file.name[:4]) for file in FILES] == list(range(1, len(FILES) + 1))
