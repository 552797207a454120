"""Whatever is asked, sensible or not, the answer is one that the served document has."""

from hypothesis import HealthCheck
from hypothesis import settings as bounds
from schemathesis.specs.openapi.checks import negative_data_rejection

from tests.contract.rules import load
from tests.contract.spelling import is_spelled_otherwise

schema = load()


@schema.parametrize()
@bounds(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_an_answer_is_as_documented(service, case):
    excused = [negative_data_rejection] if is_spelled_otherwise(case) else []
    case.call_and_validate(excluded_checks=excused)
