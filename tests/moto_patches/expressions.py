"""Expressions of DynamoDB, which moto parses anew in each request."""

import pickle
from abc import ABCMeta
from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from moto.dynamodb import comparisons, models, responses
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.parsing import validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node, UpdateExpression
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

from tests.moto_patches.requests import once_a_class

EXPRESSIONS = 1000
READ_WORDS = ConditionExpressionParser._lex_condition_expression
# What of a tree can be checked before the item is known.
CHECKS = (
    validators.ActionCountValidator,
    validators.OverlappingPathsValidator,
    validators.UpdateHashRangeKeyValidator,
)
# The classes of the nodes of each tree, by its number.
KINDS: list[frozenset[type]] = []


def install() -> None:
    """There are few expressions. What is parsed is read only, and copied by whoever changes it."""
    DepthFirstTraverser.nodes_to_be_processed = once_a_class(DepthFirstTraverser.nodes_to_be_processed)
    DepthFirstTraverser.traverse = traverse
    make_plain(Node)
    lex = lru_cache(EXPRESSIONS)(read_words)
    ConditionExpressionParser._lex_condition_expression = lambda parser: deque(lex(parser.condition_expression))
    UpdateExpressionParser.make = staticmethod(lru_cache(EXPRESSIONS)(UpdateExpressionParser.make))
    validators.deepcopy = TreeCopies(validators.deepcopy)
    for check in CHECKS:
        check.traverse = once_an_expression(check.traverse)
    ConditionExpressionParser.parse = once_a_parser(ConditionExpressionParser.parse)
    make_parser = LastParser(comparisons.create_condition_expression_parser)
    for module in (comparisons, models, responses):
        module.create_condition_expression_parser = make_parser


def read_words(condition: str) -> tuple[Any, ...]:
    """The words of a condition, which moto otherwise reads twice a request."""
    parser = ConditionExpressionParser(condition, None, None)
    return tuple(READ_WORDS(parser))


class LastParser:
    """moto parses the condition of a request twice: when it looks at the request, and when it writes."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._last: tuple[tuple[Any, ...], Any] = ((), None)

    def __call__(self, *asked: Any) -> Any:
        if asked != self._last[0]:
            self._last = (asked, self._make(*asked))
        return self._last[1]


def once_a_parser(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def parse_once(self: Any) -> Any:
        if "parsed" not in vars(self):
            self.parsed = parse(self)
        return self.parsed

    return parse_once


class TreeCopies:
    """Copies of what has been parsed: most is copied again and again, and unpickling takes a third of the time.

    Each tree has a number, which its copies have, too.
    """

    def __init__(self, copy_deeply: Callable[[Any], Any]) -> None:
        self._copy = copy_deeply
        self._pickled: dict[int, tuple[Any, bytes]] = {}

    def __call__(self, value: Any) -> Any:
        if not isinstance(value, UpdateExpression):
            return self._copy(value)
        if id(value) not in self._pickled:
            value.number = len(KINDS)
            KINDS.append(frozenset(kinds_in(value)))
            self._pickled[id(value)] = (value, pickle.dumps(value, pickle.HIGHEST_PROTOCOL))  # kept, and its id with it
        return pickle.loads(self._pickled[id(value)][1])  # noqa: S301 - our own


def kinds_in(node: Node) -> Iterator[type]:
    """All classes that a tree has instances of."""
    yield from type(node).__mro__
    for child in node.children or ():
        if isinstance(child, Node):
            yield from kinds_in(child)


def once_an_expression(traverse: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A check that changes nothing, and depends on the expression and the names alone."""
    passed: set[tuple[int, str]] = set()

    def check_once(self: DepthFirstTraverser, root: Any) -> Any:
        asked = (root.number, repr(vars(self)))
        if asked not in passed:
            traverse(self, root)
            passed.add(asked)
        return root

    return check_once


def traverse(self: DepthFirstTraverser, root: Any) -> Any:
    """Depth first, as moto does it ten times for each expression; what it looks for is asked for once.

    A tree that has nothing of that is left alone. What is put in the place of something else is in `made`.
    """
    wanted = self.nodes_to_be_processed()
    made = vars(root).setdefault("made", set())
    if KINDS[root.number].isdisjoint(wanted) and made.isdisjoint(wanted):
        return root
    looks_ahead = type(self).pre_processing_of_child is not DepthFirstTraverser.pre_processing_of_child

    def visit(node: Node, number: int) -> Node:
        parent = node.parent
        for each, child in enumerate(node.children or ()):
            if looks_ahead:
                self.pre_processing_of_child(node, each)
            if isinstance(child, Node):
                visit(child, each)
        if isinstance(node, wanted):
            node = self.process(node)
            made.update(type(node).__mro__)
            node.parent = parent
            if parent:
                parent.children[number] = node
        return node

    return visit(root, -1)


class Plain(ABCMeta):
    """A metaclass for classes whose only members are their subclasses. Python checks others ten times for each node."""

    __instancecheck__ = type.__instancecheck__


def make_plain(kind: type) -> None:
    kind.__class__ = Plain
    for each in kind.__subclasses__():
        make_plain(each)
