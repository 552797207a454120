"""Files that are stored in S3."""

from io import BytesIO

import pytest

from imgopt.storage import clients, objects
from tests.conftest import UPLOADS

SMALL, LARGE = clients.SENT_AT_ONCE_BYTES, objects.WHOLE_BYTES + 1


@pytest.fixture
def sent(aws):
    """The headers of the requests that are made."""
    headers = []
    clients.s3().meta.events.register_first("before-send", lambda request, **_: headers.append(request.headers))
    return headers


@pytest.mark.parametrize("size", [0, 1, SMALL + 1, LARGE])
def test_a_file_is_stored_whole_from_its_beginning(aws, size):
    file = BytesIO(b"a" * size)
    file.read(1)
    objects.upload(UPLOADS, "key", file, "image/png", record="noted")
    assert objects.read(UPLOADS, "key") == b"a" * size
    found = objects.stat(UPLOADS, "key")
    assert (found.size, found.content_type, found.record) == (size, "image/png", "noted")


@pytest.mark.parametrize(("size", "asks"), [(0, False), (SMALL, False), (SMALL + 1, True)])
def test_a_small_file_does_not_ask_whether_it_may_come(sent, size, asks):
    objects.upload(UPLOADS, "key", BytesIO(b"a" * size), "image/png")
    assert ["Expect" in each for each in sent] == [asks]
