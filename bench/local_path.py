"""``local_path``: how many news articles a second the local engine reads, on one core.

The articles are those of MEANTIME and EventStoryLine that are for development; they go through all
stages in one process, as ``millrace eval`` sends them. Processor time counts, that of all threads.
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from bench.results import Measure
from eval.corpora.folder import data_folder
from eval.running import local_system, send_all
from eval.splits import Part, documents

_GOAL_PER_S = 60
_GOAL_MB = 200
_PASSES = 5
_STATUS = Path("/proc/self/status")
_PARTS = (Part("meantime", ("train", "dev")), Part("eventstoryline", ("dev",)))


def local_path() -> list[Measure]:
    """Articles a second of processor time, and the memory of the process, a new one.

    Raises:
        SystemExit: the corpora are not there.
    """
    if not data_folder().is_dir():
        sys.exit(f"local_path reads corpora, and there are none at {data_folder()}")
    ended = subprocess.run(
        [sys.executable, "-m", "bench.local_path"], stdout=subprocess.PIPE, check=True
    )
    found = json.loads(ended.stdout)
    note = (
        f"{found['articles']} articles of {found['characters']:,} characters on average; median of "
        f"{_PASSES} passes, {min(found['rates']):.0f} to {max(found['rates']):.0f}"
    )
    return [
        Measure("local_path", median(found["rates"]), "articles/s", _GOAL_PER_S, "higher", note),
        Measure("local_path_memory", found["megabytes"], "MB", _GOAL_MB, "lower", "at most"),
    ]


def _main() -> None:
    articles = list(documents(_PARTS))
    system = local_system()
    send_all(system, articles[:3])  # loads the models
    rates = [len(articles) / send_all(system, articles).cpu_s for _ in range(_PASSES)]
    found = {
        "articles": len(articles),
        "characters": sum(len(one.text) for one in articles) // len(articles),
        "rates": rates,
        # Not by getrusage: what the process that started this one took would count, too.
        "megabytes": int(_STATUS.read_text().split("VmHWM:")[1].split()[0]) // 1024,
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _main()
