"""Describes conditions of the Amazon States Language in a few words, for the labels of arrows."""

from typing import Any

Rule = dict[str, Any]
JOINED = {"Or": " or ", "And": " and "}


def describe_condition(rule: Rule) -> str:
    """Returns the words. Raises KeyError for an operator that is missing in WORDS."""
    for operator, word in JOINED.items():
        if operator in rule:
            return word.join(describe_condition(each) for each in rule[operator] if not _is_guard(each, rule[operator]))
    name = rule["Variable"].rpartition(".")[2]
    operator, value = next((key, rule[key]) for key in rule if key not in ("Variable", "Next", "Comment"))
    return WORDS[operator, value].format(name)


def _is_guard(rule: Rule, others: list[Rule]) -> bool:
    """Returns whether a rule only checks that a variable exists, and another rule compares that variable."""
    return "IsPresent" in rule and any(each is not rule and each["Variable"] == rule["Variable"] for each in others)


WORDS: dict[tuple[str, Any], str] = {
    ("IsPresent", True): "{}",
    ("BooleanEquals", True): "{}",
    ("StringEquals", ""): "no {}",
}
