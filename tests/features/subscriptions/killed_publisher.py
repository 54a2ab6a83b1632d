"""A publisher that is killed after its messages were taken and before it wrote that down."""

import os
import signal
import sys
from ipaddress import ip_network

from dunwell.db.database import Database
from dunwell.features.subscriptions import delivering, recording
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.plugins.loader import plugin_manager

address, key = sys.argv[1:]
setattr(  # noqa: B010 - in place of what writes down what was taken
    recording.Recorder, "record", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
)
allowed = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
delivering.deliver(Database(address), plugin_manager(), Outgoing(key.encode(), allowed))
