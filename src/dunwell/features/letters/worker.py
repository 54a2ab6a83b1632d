"""The rendering process: reads jobs, renders, answers; nothing else. `rendering` starts and ends
it.

It has a bounded memory, can write no file, knows no secret of the installation (its environment is
empty), and whoever waits for it ends it when it takes too long. A job and an answer are a line of
JSON; after an answer come the document's bytes.
"""

import json
import resource
import sys
from typing import Any

from dunwell.features.letters import engines, view

MEMORY = 1_000_000_000
"""Bytes of address space beyond what the process has at its start."""


def main() -> None:
    """Work until the input ends."""
    _bind()
    answers = sys.stdout.buffer
    # whatever else prints must not come between the answers
    sys.stdout = sys.stderr
    for line in sys.stdin.buffer:
        answer, content = _answer(json.loads(line))
        answers.write(json.dumps(answer).encode() + b"\n" + content)
        answers.flush()


def _answer(job: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        days, today = job["days_to_pay"], job["today"]
        told = view.view(job["data"], job["sender"], job["locale"], days, today)
        document = engines.render(job["engine"], job["format"], job["source"], told)
    except engines.TemplateFault as fault:
        return {"error": fault.message, "line": fault.line}, b""
    except (MemoryError, RecursionError) as failure:
        return {"error": f"it needs too much memory ({type(failure).__name__})", "line": None}, b""
    except (KeyError, ValueError, TypeError, ArithmeticError) as failure:
        return {"error": f"the letter's data are incomplete: {failure!r}", "line": None}, b""
    answer = {
        "length": len(document.content),
        "media_type": document.media_type,
        "subject": document.subject,
    }
    return answer, document.content


def _bind() -> None:
    """The limits of the process, as far as the system has them."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - no path of ours
            now = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))
    except OSError:  # macOS has no such file, and doesn't keep the limit
        pass
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
