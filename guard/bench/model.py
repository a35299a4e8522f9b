"""A model on loopback for timings: it answers every chat completion with one reply, after the latency that it is asked for.

`python -m guard.bench.model` runs it in a process of its own, so that it shares no interpreter with what is timed. It
prints its port. The path says the latency in milliseconds: /300/v1/chat/completions.
"""

import asyncio
import json

REPLY = (
    "I'm sorry that the lamp came broken. I can send a replacement or refund the full amount. Which of the two would you "
    "prefer, and should a new lamp go to the address that the first one went to, or to another one?"
)
"""A reply of the length that customer service writes: three sentences, and a step before its half."""
_HEAD = {"id": "bench", "created": 1, "model": "bench"}
_MESSAGE = {"role": "assistant", "content": REPLY}
_WHOLE = {
    **_HEAD,
    "object": "chat.completion",
    "choices": [{"index": 0, "message": _MESSAGE, "finish_reason": "stop"}],
}
_BODY = json.dumps(_WHOLE).encode()
_ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
    + str(len(_BODY)).encode()
    + b"\r\n\r\n"
    + _BODY
)
_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _chunks() -> list[bytes]:
    """The reply as a stream, a chunk a word."""
    words = [f"{word} " for word in REPLY.split()]
    deltas: list[tuple[dict[str, str], str | None]] = [
        *(({"content": word}, None) for word in words),
        ({}, "stop"),
    ]
    events = [
        json.dumps(
            {
                **_HEAD,
                "object": "chat.completion.chunk",
                "choices": [{"index": 0, "delta": d, "finish_reason": end}],
            }
        )
        for d, end in deltas
    ]
    return [f"data: {event}\n\n".encode() for event in (*events, "[DONE]")]


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    chunks = _chunks()
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            line, *fields = head.decode().split("\r\n")
            length = next(
                (int(f.split(":")[1]) for f in fields if f.lower().startswith("content-length:")), 0
            )
            asked = json.loads(await reader.readexactly(length) or b"{}")
            seconds = int(line.split("/")[1]) / 1e3
            if not asked.get("stream"):
                await asyncio.sleep(seconds)
                writer.write(_ANSWER)
            else:
                writer.write(_STREAM)
                for chunk in chunks:
                    await asyncio.sleep(seconds / len(chunks))
                    writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                    await writer.drain()
                writer.write(b"0\r\n\r\n")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
