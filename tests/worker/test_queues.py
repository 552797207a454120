"""Messages: received, kept, returned and deleted."""

import pytest
from botocore.exceptions import ClientError

from imgopt.storage import clients, queues


@pytest.fixture
def url(world):
    queues.send(world.urls[0], {"number": 1})
    return world.urls[0]


def receive(url):
    return queues.receive_message(url, wait_seconds=0, visibility_seconds=30)


def test_a_message_is_received_by_one_alone(url):
    message = receive(url)
    assert (message.queue_url, message.body) == (url, '{"number": 1}')
    assert receive(url) is None


def test_a_message_that_is_released_can_be_received_again(url):
    message = receive(url)
    queues.release(message)
    again = receive(url)
    assert again.id == message.id
    assert again.receipt != message.receipt


def test_a_message_that_is_extended_is_kept_from_others(url):
    message = queues.receive_message(url, wait_seconds=0, visibility_seconds=0)
    queues.extend(message, 30)
    assert receive(url) is None


def test_a_message_that_is_deleted_is_gone(url, world):
    queues.delete(receive(url))
    assert world.left() == 0


def test_message_that_was_deleted_is_left_alone(url):
    message = receive(url)
    queues.delete(message)
    queues.extend(message, 30)
    queues.release(message)
    queues.delete(message)


def test_a_queue_that_does_not_exist_is_an_error(url):
    clients.sqs().delete_queue(QueueUrl=url)
    with pytest.raises(ClientError, match="does not exist"):
        receive(url)
