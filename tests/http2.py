"""A model on loopback that speaks HTTP/2 and nothing else."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.proxying import listening


@contextmanager
def http2_model(body: bytes, kind: str = "application/json") -> Iterator[str]:
    """Answers every request of one connection with these bytes, in frames of a few each. Its base URL."""
    with listening() as door:
        thread = threading.Thread(target=_serve, args=(door, body, kind), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/v1"


def _serve(door: socket.socket, body: bytes, kind: str) -> None:
    with suppress(OSError):
        wire, _ = door.accept()
        with wire:
            _speak(wire, body, kind)


def _speak(wire: socket.socket, body: bytes, kind: str) -> None:
    from h2.config import H2Configuration
    from h2.connection import H2Connection
    from h2.events import StreamEnded

    spoken = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    spoken.initiate_connection()
    wire.sendall(spoken.data_to_send())
    while came := wire.recv(65536):
        for event in spoken.receive_data(came):
            if isinstance(event, StreamEnded):
                spoken.send_headers(event.stream_id, [(":status", "200"), ("content-type", kind)])
                for n in range(0, len(body), 100):
                    spoken.send_data(event.stream_id, body[n : n + 100])
                spoken.end_stream(event.stream_id)
        wire.sendall(spoken.data_to_send())
