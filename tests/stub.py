"""A model on loopback: answers what a test tells it to, byte for byte, and remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ASKED = [{"role": "user", "content": "My lamp came broken, I want a replacement."}]
GOOD = "I can send a replacement or refund you. Which would you prefer?"


@dataclass(frozen=True)
class Request:
    """What the model was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


class Stub(ThreadingHTTPServer):
    """Answers everything with `answer`; where `pieces` is set, with a stream of them, each written at once.

    `script`, where it is not empty, goes first: an answer a request. `route` answers by what is asked, with a stream
    where it gives an iterator. A stream that raises `ConnectionError` drops the connection in the middle.
    """

    daemon_threads = True
    request_queue_size = 512
    answer: tuple[int, dict[str, object] | bytes] = (200, {})
    headers: dict[str, str] = {}  # noqa: RUF012 - a test sets its own
    pieces: Callable[[], Iterable[bytes]] | None = None
    route: Callable[[Request], tuple[int, dict[str, object] | bytes | Iterator[bytes]] | None] | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Request] = []
        self.script: list[tuple[int, dict[str, object] | bytes]] = []
        self.left = threading.Event()
        """Somebody hung up before the stream was written to its end."""

    @property
    def calls(self) -> int:
        return len(self.requests)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """Quiet: clients hang up, and tests mean them to."""


class Gate:
    """A model that has said its first pieces, and says the rest once `open` is set; `opened` tells whether it was."""

    def __init__(self, stub: Stub, pieces: Sequence[bytes], said: int) -> None:
        self.open = threading.Event()
        self.reached = threading.Event()
        self.opened: bool | None = None

        def tell() -> Iterator[bytes]:
            yield from pieces[:said]
            self.reached.set()
            self.opened = self.open.wait(10)
            yield from pieces[said:]

        stub.pieces = tell


class _Handler(BaseHTTPRequestHandler):
    server: Stub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits for the acknowledgement of its head

    def do_GET(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        request = Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.server.requests.append(request)
        routed = self.server.route(request) if self.server.route else None
        if routed is None and not self.server.script and self.server.pieces is not None:
            self._stream(self.server.pieces())
            return
        status, told = routed or (self.server.script.pop(0) if self.server.script else self.server.answer)
        if isinstance(told, Iterator):
            self._stream(told)
            return
        raw = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **self.server.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _stream(self, pieces: Iterable[bytes]) -> None:
        self.send_response(200)
        for name, value in {"content-type": "text/event-stream", **self.server.headers}.items():
            self.send_header(name, value)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for piece in pieces:
                if piece:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        except OSError:  # a test drops the connection, or the client hung up
            self.server.left.set()
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving() -> Iterator[Stub]:
    with Stub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def completion(*texts: str | None, **message: object) -> dict[str, object]:
    choices = [
        {
            "index": n,
            "finish_reason": "stop",
            "logprobs": None,
            "message": {"role": "assistant", "content": text, **message},
        }
        for n, text in enumerate(texts)
    ]
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "stub",
        "choices": choices,
        "x_new": {"kept": 1},
    }


def sse(data: object, event: str | None = None) -> bytes:
    """One event as a server writes it."""
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()


def chunk(
    delta: dict[str, object] | None = None, *, index: int = 0, end: str | None = None, **more: object
) -> bytes:
    """One chunk of a streamed chat completion."""
    choice = {"index": index, "delta": delta or {}, "finish_reason": end, "logprobs": None}
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "stub"}
    return sse({**head, "choices": [choice], **more})


def chat_stream(text: str, *, words: int = 1, end: str = "stop") -> list[bytes]:
    """A reply as a chat stream, a chunk for every so many words."""
    parts = text.split(" ")
    said = [
        " ".join(parts[n : n + words]) + (" " if n + words < len(parts) else "")
        for n in range(0, len(parts), words)
    ]
    return [
        chunk({"role": "assistant", "content": ""}),
        *(chunk({"content": part}) for part in said),
        chunk(end=end),
        sse("[DONE]"),
    ]


def message(text: str, id: str = "msg_1", **more: object) -> dict[str, object]:
    """A message item of a response."""
    part = {"type": "output_text", "text": text, "annotations": []}
    return {
        "id": id,
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [part],
        **more,
    }


def response(*output: dict[str, object], status: str = "completed", **more: object) -> dict[str, object]:
    """A response of the Responses API."""
    head = {"id": "resp_1", "object": "response", "created_at": 1, "model": "stub", "status": status}
    rest = {
        "output": list(output),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
    }
    return {**head, **rest, "x_new": {"kept": 1}, **more}


def response_stream(*output: dict[str, object], **more: str | None) -> list[bytes]:
    """A response as a stream: every item begins, is told and ends."""
    events: list[dict[str, object]] = [
        {"type": "response.created", "response": response(status="in_progress", **more)},
        {"type": "response.in_progress", "response": response(status="in_progress", **more)},
    ]
    for n, item in enumerate(output):
        at: dict[str, object] = {"output_index": n}
        events.append(
            {
                "type": "response.output_item.added",
                **at,
                "item": {**item, "content": [], "status": "in_progress"},
            }
        )
        parts = item.get("content")
        for k, part in enumerate(parts if isinstance(parts, list) else []):
            here = {"item_id": item["id"], **at, "content_index": k}
            text: str = part["text"]
            half = len(text) // 2
            events += [
                {"type": "response.content_part.added", **here, "part": {**part, "text": ""}},
                {"type": "response.output_text.delta", **here, "delta": text[:half], "logprobs": []},
                {"type": "response.output_text.delta", **here, "delta": text[half:], "logprobs": []},
                {"type": "response.output_text.done", **here, "text": text, "logprobs": []},
                {"type": "response.content_part.done", **here, "part": part},
            ]
        events.append({"type": "response.output_item.done", **at, "item": item})
    events.append({"type": "response.completed", "response": response(*output, status="completed", **more)})
    return numbered(events)


def numbered(events: Sequence[dict[str, object]]) -> list[bytes]:
    """Events as the Responses API writes them."""
    return [sse({**event, "sequence_number": n}, str(event["type"])) for n, event in enumerate(events)]
