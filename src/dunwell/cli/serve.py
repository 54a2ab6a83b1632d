"""`dunwell serve`: the REST API, until it is told to stop."""

from typing import Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Debug

GRACE = 30
"""Seconds that requests under way have to end."""


def serve(
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than this machine need a proxy.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port.")] = 8000,
    debug: Debug = False,
) -> None:
    """Serve the REST API, with /healthz, /readyz and /metrics. Ctrl-C or SIGTERM stops it when the
    requests under way have ended. Put a proxy that speaks TLS before it.
    """
    import uvicorn

    from dunwell.api.app import create
    from dunwell.bootstrap import open_application, read_settings, set_up_logging

    set_up_logging(debug=debug, server=True)
    api = create(open_application(read_settings()))
    output.say(f"Dunwell listens on http://{host}:{port}; Ctrl-C stops it.")
    uvicorn.run(
        api,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
