"""The broker of files: every message once and whole, between several processes."""

from __future__ import annotations

import os
import threading

import pytest
from kombu import Connection, Exchange, Queue

from loanloom.settings import Settings
from loanloom.tasks.app import broker

# kombu remembers declared queues for the whole process, so each test has a queue of its own


@pytest.fixture
def connect(tmp_path):
    options = broker(Settings(home=tmp_path))

    def opened() -> Connection:
        return Connection(transport=options["broker_transport"], transport_options=options["broker_transport_options"])

    return opened


@pytest.fixture
def queue(request):
    name = request.node.name.replace("_", "-")
    return Queue(name, Exchange(name), routing_key=name)


def send(connection, queue, *numbers):
    producer = connection.Producer()
    for number in numbers:
        producer.publish(
            {"n": number}, exchange=queue.exchange, routing_key=queue.routing_key, declare=[queue], serializer="json"
        )


def receive(connection, wanted):
    queue = connection.SimpleQueue(wanted)
    taken = []
    while True:
        try:
            message = queue.get(block=False)
        except queue.Empty:
            return taken
        message.ack()
        taken.append(message.payload["n"])


def test_messages_come_in_order_once(queue, connect, tmp_path):
    with connect() as sender, connect() as receiver:
        send(sender, queue, 1, 2, 3)
        assert receive(receiver, queue) == [1, 2, 3]
        assert receive(receiver, queue) == []
    assert os.listdir(tmp_path / "broker" / "messages") == os.listdir(tmp_path / "broker" / "taken") == []


def test_several_at_once_lose_and_double_nothing(queue, connect):
    taken: list[int] = []
    with connect() as first:
        queue(first.channel()).declare()  # as a worker does before anybody sends

    def sending(start: int) -> None:
        with connect() as connection:
            send(connection, queue, *range(start, start + 40))

    def receiving(stop: threading.Event) -> None:
        with connect() as connection:
            while not stop.is_set():
                taken.extend(receive(connection, queue))
            taken.extend(receive(connection, queue))

    stop = threading.Event()
    senders = [threading.Thread(target=sending, args=(start,)) for start in (0, 40, 80)]
    receivers = [threading.Thread(target=receiving, args=(stop,)) for _ in range(3)]
    for thread in senders + receivers:
        thread.start()
    for thread in senders:
        thread.join()
    stop.set()
    for thread in receivers:
        thread.join()
    assert sorted(taken) == list(range(120))


def test_a_message_half_written_is_not_seen(queue, connect, tmp_path):
    with connect() as sender, connect() as receiver:
        send(sender, queue, 1)
        (tmp_path / "broker" / "messages" / f".half_1.{queue.name}.msg").write_text('{"body": "')
        assert receive(receiver, queue) == [1]
