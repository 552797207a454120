"""Expressions of DynamoDB, which moto parses anew in each request."""

import pickle
from abc import ABCMeta
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.parsing import validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node, UpdateExpression
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

from tests.moto_patches.requests import once_a_class

EXPRESSIONS = 1000
READ_WORDS = ConditionExpressionParser._lex_condition_expression


def install() -> None:
    """There are few expressions. What is parsed is read only, and copied by whoever changes it."""
    DepthFirstTraverser.nodes_to_be_processed = once_a_class(DepthFirstTraverser.nodes_to_be_processed)
    DepthFirstTraverser.traverse = traverse
    make_plain(Node)
    lex = lru_cache(EXPRESSIONS)(read_words)
    ConditionExpressionParser._lex_condition_expression = lambda parser: deque(lex(parser.condition_expression))
    UpdateExpressionParser.make = staticmethod(lru_cache(EXPRESSIONS)(UpdateExpressionParser.make))
    validators.deepcopy = TreeCopies(validators.deepcopy)


def read_words(condition: str) -> tuple[Any, ...]:
    """The words of a condition, which moto otherwise reads twice a request."""
    parser = ConditionExpressionParser(condition, None, None)
    return tuple(READ_WORDS(parser))


class TreeCopies:
    """Copies of what has been parsed: most is copied again and again, and unpickling takes a third of the time."""

    def __init__(self, copy_deeply: Callable[[Any], Any]) -> None:
        self._copy = copy_deeply
        self._pickled: dict[int, tuple[Any, bytes]] = {}

    def __call__(self, value: Any) -> Any:
        if not isinstance(value, UpdateExpression):
            return self._copy(value)
        if id(value) not in self._pickled:
            self._pickled[id(value)] = (value, pickle.dumps(value, pickle.HIGHEST_PROTOCOL))  # kept, and its id with it
        return pickle.loads(self._pickled[id(value)][1])  # noqa: S301 - our own


def traverse(self: DepthFirstTraverser, root: Any) -> Any:
    """Depth first, as moto does it ten times for each expression; what it looks for is asked for once."""
    wanted = self.nodes_to_be_processed()
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
            node.parent = parent
            if parent:
                parent.children[number] = node
        return node

    return visit(root, -1) if isinstance(root, Node) else root


class Plain(ABCMeta):
    """A metaclass for classes whose only members are their subclasses. Python checks others ten times for each node."""

    __instancecheck__ = type.__instancecheck__


def make_plain(kind: type) -> None:
    kind.__class__ = Plain
    for each in kind.__subclasses__():
        make_plain(each)
