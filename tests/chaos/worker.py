"""A process of stages as ``python -m millrace.worker``, which its groups miss sooner or later."""

import os
from functools import partial

import millrace.worker as worker
from streams.broker.group import Membership

SESSION_S = "_CHAOS_SESSION_S"


def main() -> None:
    session = float(os.environ[SESSION_S])
    setattr(worker, Membership.__name__, partial(Membership, session_timeout=session))
    worker.main()


if __name__ == "__main__":
    main()
