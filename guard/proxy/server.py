"""uvicorn, until it is told to stop: then what was begun is finished, and nothing new is."""

import copy
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from guard.proxy.app import app
from guard.proxy.options import Options

if TYPE_CHECKING:
    from guard.assemble import Guard

_DRAIN_SECONDS = 30
"""For what was begun when it is told to stop; containers are killed about then."""


def server(guard: "Guard", options: Options, host: str, port: int) -> uvicorn.Server:
    """Ready to run. It logs no request: paths and queries can hold keys and names."""
    logs = copy.deepcopy(LOGGING_CONFIG)
    logs["loggers"]["guard"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    config = uvicorn.Config(
        app(guard, options),
        host,
        port,
        log_config=logs,
        access_log=False,
        server_header=False,  # the model's own pass
        date_header=False,
        ws="none",  # a WebSocket would pass by the judge
        proxy_headers=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    return uvicorn.Server(config)


def run(guard: "Guard", options: Options, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl+C."""
    with suppress(KeyboardInterrupt):
        server(guard, options, host, port).run()
