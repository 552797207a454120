"""moto with less work: what it repeats for each request, item and attribute is done once.

And one request at a time: a transaction copies the table, which must not change meanwhile.

Made for moto 5.2; an AttributeError tells that it has changed.
"""

import copy
import operator
import pickle
from abc import ABCMeta
from collections import deque
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from itertools import count
from threading import Lock, local
from typing import Any, TypeVar

from botocore import signers, useragent
from botocore.endpoint import Endpoint
from moto import backend_index
from moto.core import model_instances, serialize
from moto.core import models as mocks
from moto.core import responses as core
from moto.core.base_backend import BackendDict, BaseBackend
from moto.dynamodb import models, responses
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.parsing import validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node, UpdateExpression
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

from tests.direct_moto import answering_directly

T = TypeVar("T")

Pick = Callable[[Any, Any], Iterable[str]]
Compare = Callable[[Any, Any], bool]
TEXT = "S"
# Members of DynamoDB's values that are written as they are.
SCALARS = ("S", "N")
EXPRESSIONS = 1000
REQUESTS = count()
READ_WORDS = ConditionExpressionParser._lex_condition_expression


def quicken() -> None:
    mocks.MockAWS._enable_patching = begin
    mocks.MockAWS._disable_patching = end
    Endpoint.make_request = answering_directly(Endpoint.make_request)  # type: ignore[method-assign]
    backend = models.DynamoDBBackend
    copies = Copies()
    models.copy = copies
    backend.transact_write_items = copies.sharing(backend.transact_write_items)
    responses.DynamoHandler.call_action = one_at_a_time(responses.DynamoHandler.call_action)
    for name in ("__eq__", "__ne__", "__lt__"):
        setattr(DynamoType, name, comparing_texts(getattr(DynamoType, name), getattr(operator, name)))
    core.method_names_from_class = cache(core.method_names_from_class)
    BaseBackend.urls = property(once_a_class(BaseBackend.urls.fget))
    DepthFirstTraverser.nodes_to_be_processed = once_a_class(DepthFirstTraverser.nodes_to_be_processed)
    DepthFirstTraverser.traverse = traverse
    backend_index.backend_url_patterns.sort(key=lambda each: each[0] != "dynamodb")
    make_plain(Node)
    # What is parsed is read, and copied by whoever changes it; and there are few expressions.
    lex = lru_cache(EXPRESSIONS)(read_words)
    ConditionExpressionParser._lex_condition_expression = lambda parser: deque(lex(parser.condition_expression))
    UpdateExpressionParser.make = staticmethod(lru_cache(EXPRESSIONS)(UpdateExpressionParser.make))
    validators.deepcopy = TreeCopies(validators.deepcopy)
    core.gen_amzn_requestid_long = name_request
    signers.RequestSigner.handler = signing_others(signers.RequestSigner.handler)
    useragent.sanitize_user_agent_string_component = cache(useragent.sanitize_user_agent_string_component)
    write = serialize.BaseJSONSerializer._serialize_type_structure
    serialize.BaseJSONSerializer._serialize_type_structure = writing_attributes(write)
    for picker in (serialize.AttributePicker, serialize.XFormedAttributePicker):
        picker.get_possible_keys = remembering(picker.__dict__["get_possible_keys"])


def begin(self: mocks.MockAWS, reset: bool = True) -> None:
    """Replaces HTTP for botocore only. Tests make no calls by `requests`, for which moto makes a thousand mocks each
    time.
    """
    mocks.botocore_stubber.enabled = True


def end(self: mocks.MockAWS, remove_data: bool) -> None:
    """Removes all data, so that the next test finds none."""
    mocks.botocore_stubber.enabled = False
    BackendDict.reset()
    model_instances.reset_model_data()


def name_request(headers: dict[str, Any]) -> str:
    """An id of its own, which moto puts together of letters one by one, each by chance."""
    headers["x-amzn-requestid"] = name = f"{next(REQUESTS):052X}"
    return name


def signing_others(sign: Callable[..., None]) -> Callable[..., None]:
    """moto looks at no signature, and answers by what the header is about. S3's headers say how a body is written."""

    def name_signer(self: signers.RequestSigner, operation_name: str, request: Any, **more: Any) -> None:
        if self.signing_name == "s3" or not mocks.botocore_stubber.enabled:
            sign(self, operation_name, request, **more)
            return
        scope = f"test/20260101/{self.region_name}/{self.signing_name}/aws4_request"
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"

    return name_signer


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


def once_a_class(make: Callable[[Any], T]) -> Callable[[Any], T]:
    """Caches what depends only on an object's class. For S3 moto loads a module again, twice in each request."""
    known: dict[type, T] = {}

    def make_once(self: Any) -> T:
        if type(self) not in known:
            known[type(self)] = make(self)
        return known[type(self)]

    return make_once


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


def one_at_a_time(answer: Callable[..., Any]) -> Callable[..., Any]:
    lock = Lock()

    def answer_alone(*asked: Any) -> Any:
        with lock:
            return answer(*asked)

    return answer_alone


class Copies:
    """The module `copy`, as moto's DynamoDB sees it: for each item of a transaction it copies the whole table.

    Here it copies once what the transaction may change; all else is in the table and in its copy.
    """

    def __init__(self) -> None:
        self._transaction = local()

    def __getattr__(self, name: str) -> Any:
        return getattr(copy, name)

    def deepcopy(self, value: Any) -> Any:
        known = getattr(self._transaction, "copies", None)
        if known is None or not isinstance(value, models.Table):
            return copy.deepcopy(value)
        if value.name not in known:
            known[value.name] = copy_partitions(value, self._transaction.operations)
        return known[value.name]

    def sharing(self, write: Callable[..., None]) -> Callable[..., None]:
        def write_with_one_copy(backend: models.DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
            self._transaction.copies = {}
            self._transaction.operations = [each for item in transact_items for each in item.values()]
            try:
                write(backend, transact_items)
            finally:
                self._transaction.copies = None

        return write_with_one_copy


def comparing_texts(compare: Compare, compare_plain: Compare) -> Compare:
    """Compares keys as texts, which nearly all keys are: a query sorts and compares the keys of the whole table."""

    def compare_values(self: DynamoType, other: DynamoType) -> bool:
        return compare_plain(self.value, other.value) if self.type == other.type == TEXT else compare(self, other)

    return compare_values


def copy_partitions(table: models.Table, operations: list[dict[str, Any]]) -> models.Table:
    """A table of which only the partitions are its own that the operations name."""
    copied = copy.copy(table)
    copied.items = copy.copy(table.items)
    for operation in operations:
        key = DynamoType((operation.get("Key") or operation["Item"])[table.hash_key_attr])
        if key in copied.items:
            copied.items[key] = copy.deepcopy(copied.items[key])
    return copied


def remembering(pick: Pick) -> Pick:
    """Caches the names by which a member may be found in a dict. They depend only on the shape."""
    known: dict[tuple[int, str], tuple[Any, list[str]]] = {}

    def pick_once(self: Any, context: Any) -> Iterable[str]:
        if type(context.obj) is not dict:
            return pick(self, context)
        asked = (id(context.shape), context.key)
        if asked not in known:
            known[asked] = (context.shape, list(pick(self, context)))  # the shape is kept, and its id with it
        return known[asked][1]

    return pick_once


class Plain(ABCMeta):
    """A metaclass for classes whose only members are their subclasses. Python checks others ten times for each node."""

    __instancecheck__ = type.__instancecheck__


def make_plain(kind: type) -> None:
    kind.__class__ = Plain
    for each in kind.__subclasses__():
        make_plain(each)


def writing_attributes(write: Callable[..., None]) -> Callable[..., None]:
    """A value of DynamoDB has one of ten members: no more than that one is looked for."""

    def write_once(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if (
            shape.name != "AttributeValue"
            or type(value) is not dict
            or not key
            or not value.keys() <= shape.members.keys()
        ):
            write(self, serialized, value, shape, key)
            return
        written: dict[str, Any] = {}
        for name, member in value.items():
            if name in SCALARS and type(member) is str:
                written[name] = member
            elif member is not None:
                self._serialize(written, member, shape.members[name], name)
        self._default_serialize(serialized, written, shape, key)

    return write_once


def read_words(condition: str) -> tuple[Any, ...]:
    """The words of a condition, which moto otherwise reads twice a request."""
    parser = ConditionExpressionParser(condition, None, None)
    return tuple(READ_WORDS(parser))
