"""`dunwell worker`: everything that is scheduled, until it is told to stop."""

from dunwell.cli import output
from dunwell.cli.options import Debug


def worker(debug: Debug = False) -> None:
    """Run what is scheduled: the night at its hour, the sending of events, housekeeping.

    Ends on SIGTERM or Ctrl-C. Several may run at once, also on several machines.
    """
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.engine.schedule import Duty
    from dunwell.engine.worker import run
    from dunwell.features.subscriptions.outgoing import Outgoing

    set_up_logging(debug=debug)
    settings = read_settings()
    outgoing = Outgoing.of(settings)
    application = open_application(settings)
    output.say(
        f"The night runs at {settings.night_at:%H:%M} in the default brand's time zone."
        " Ctrl-C or SIGTERM ends the worker."
    )
    run(Duty(application.database, application.plugins, settings, outgoing))
