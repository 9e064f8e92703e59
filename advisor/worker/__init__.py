"""The worker process: takes the lanes of probe runs and carries them out.

    python -m advisor.worker --data-dir FOLDER [--store URL] [--with-parent]

It starts with the app, needs no browser, and is the only process that imports LiteLLM and DBOS. Killed at
any moment, its successor goes on from the ledger. With `--with-parent` it ends when its standard input is
closed, that is, when whoever started it has died.
"""

from advisor.worker.process import main

__all__ = ["main"]
