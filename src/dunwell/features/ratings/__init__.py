"""Credit rating and cash-only score: the policy's start, plus the demerits in effect on a day."""
