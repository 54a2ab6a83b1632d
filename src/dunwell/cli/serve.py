"""`dunwell serve`: the pages and the REST API, until it is told to stop."""

import socket
from typing import Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Debug
from dunwell.domain.errors import BadInput

GRACE = 30
"""Seconds that requests under way have to end."""

SERVER = "dunwell.server:create"
"""By name, so that every worker process can make its own."""


def serve(
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than this machine need a proxy.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, metavar="N", help="How many processes share the work.")
    ] = 1,
    debug: Debug = False,
) -> None:
    """Serve the pages, and the REST API under /api/v1, with /healthz, /readyz and /metrics.

    Ctrl-C or SIGTERM stops it when the requests under way have ended. Put a proxy that speaks TLS
    before it.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from dunwell.bootstrap import open_application, read_settings, set_up_logging

    set_up_logging(debug=debug, server=True)
    # what is wrong with the settings or the database is told here, once, before any worker starts
    open_application(read_settings()).database.engine.dispose()
    config = uvicorn.Config(
        SERVER,
        factory=True,
        workers=workers,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    listening = _listening(host, port, config.backlog)
    # asyncio sets this on sockets that it makes, but not on one that it is handed; without it the
    # second part of every answer waits 40 ms for the receiver's acknowledgement of the first
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    output.say(f"Dunwell listens on http://{host}:{listening.getsockname()[1]}; Ctrl-C stops it.")
    if workers == 1:
        uvicorn.Server(config).run(sockets=[listening])
    else:
        Multiprocess(config, sockets=[listening]).run()


def _listening(host: str, port: int, backlog: int) -> socket.socket:
    """Listen at once: who comes before the first worker is ready waits for it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=backlog)
    except OSError as refusal:
        raise BadInput(
            f"Can't listen: {refusal.strerror}. Stop what uses the port, or name another address"
            " with --host and --port."
        ) from refusal
