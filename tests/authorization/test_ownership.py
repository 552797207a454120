"""Access to resources of other owners, for operations whose status alone does not show it."""

import pytest

from tests.authorization.conftest import MANY
from tests.authorization.identities import ANOTHER_GUEST, BESIDE, IDENTITIES, Identity
from tests.authorization.principals import OTHERS
from tests.authorization.requests import CaseRunner
from tests.authorization.resources import NOWHERE

(GUEST,), (JWT,), (NOBODY, _) = IDENTITIES["guest"], IDENTITIES["jwt"], IDENTITIES["none"]
PROCESSING = ("/auto", "/compress", "/resize", "/upscale", "/tag")
STATUS = "/mcp/auth/status"
MEMBERS = [(column, identity) for columns in (IDENTITIES, BESIDE) for column in columns for identity in columns[column]]


def process(runner: CaseRunner, identity: Identity, uploads: list[str], path: str = "/auto", **headers: str):
    body = {"temp_file_ids": uploads, "width": 5}
    return runner.client.post(path, json=body, headers={**identity.headers(runner.environment), **headers})


def upload_of(runner: CaseRunner, identity: Identity) -> str:
    return runner.environment.find("upload", identity.owner).id


@pytest.mark.parametrize("path", PROCESSING)
@pytest.mark.parametrize("identity", [GUEST, JWT], ids=lambda identity: identity.name)
@pytest.mark.parametrize("other", OTHERS, ids=OTHERS.values())
def test_foreign_upload_spoils_a_batch(runner: CaseRunner, path, identity, other):
    uploads = [upload_of(runner, identity), runner.environment.find("upload", other).id]
    runner.changes.clear()
    assert process(runner, identity, uploads, path).status_code == 404
    assert runner.changes == []


@pytest.mark.parametrize("path", PROCESSING)
@pytest.mark.parametrize("others", [[ANOTHER_GUEST], [JWT], [None]], ids=["another guest's", "a user's", "an unknown"])
def test_upload_of_another_owner_spoils_a_batch_without_a_credential(runner: CaseRunner, path, others):
    foreign = [upload_of(runner, other) if other else NOWHERE for other in others]
    for uploads in ([upload_of(runner, GUEST), *foreign], [*foreign, upload_of(runner, GUEST)]):
        runner.changes.clear()
        assert process(runner, NOBODY, uploads, path).status_code == 404
        assert runner.changes == []


def test_the_idempotency_key_of_another_leads_to_nothing_of_theirs(runner: CaseRunner):
    key, uploads = {"Idempotency-Key": "the-same"}, [upload_of(runner, GUEST)]
    assert process(runner, GUEST, uploads, **key).status_code == 200
    for identity in (ANOTHER_GUEST, JWT):
        assert process(runner, identity, uploads, **key).status_code == 404
        assert process(runner, identity, [upload_of(runner, identity)], **key).status_code == 200


@pytest.mark.parametrize(("column", "identity"), MEMBERS, ids=lambda each: getattr(each, "name", ""))
def test_status_shows_users_as_logged_in_and_others_as_guests(runner: CaseRunner, column, identity):
    answer = runner.client.get(STATUS, headers=identity.headers(runner.environment)).json()
    is_user = column in ("jwt", "device", "key", "script")
    assert (answer["logged_in"], answer["tier"]) == (is_user, "free" if is_user else "unregistered")
    assert ("email" in answer) == is_user


def test_a_guests_credits_are_not_told_beside_a_header_that_proves_nothing(runner: CaseRunner):
    process(runner, ANOTHER_GUEST, [upload_of(runner, ANOTHER_GUEST)]).raise_for_status()
    (void_beside_guest,) = BESIDE["void"]
    told = [
        runner.client.get(STATUS, headers=identity.headers(runner.environment)).json()["credits_remaining"]
        for identity in (ANOTHER_GUEST, void_beside_guest)
    ]
    assert told[0] < told[1] == MANY
