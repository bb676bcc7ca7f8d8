"""One of several processes fails: the error that is seen last is its, and the others end with it."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from mmchan.errors import InputError

# torchrun names a file for each of its processes, and shows at the end what the first that failed wrote there
_FILE = 'TORCHELASTIC_ERROR_FILE'
PATIENCE = 10.0  # seconds in which a launcher notices that a process has ended, and ends the others


def tell_launcher(text: str) -> None:
    """Let torchrun, where it started this process, show a text as the cause of its end."""
    path = os.environ.get(_FILE)
    if path is None:
        return
    import json

    cause = {'message': text, 'extraInfo': {'py_callstack': text, 'timestamp': str(int(time.time()))}}
    Path(path).write_text(json.dumps({'message': cause}), encoding='utf-8')


@contextlib.contextmanager
def told_to_launcher() -> Iterator[None]:
    """Tell the launcher of an error; stay silent about one that only says that another process is gone.

    The process that failed has told its own: after it the launcher ends this one, with SIGTERM. Where it does
    not, the error is told after all.
    """
    try:
        yield
    except InputError:  # the command tells
        raise
    except Exception as error:
        if _is_lost(error):
            _wait_for_the_end(error)
        elif _is_time_out(error):
            _say(
                'Another process did not answer in time: it hangs, or has more to do than '
                'env_cfg.dist_cfg.timeout (seconds) allows.'
            )
        import traceback

        tell_launcher(traceback.format_exc())
        raise


def _is_lost(error: Exception) -> bool:
    """Whether an error says that the connection to another process has ended."""
    text = str(error)
    gone = ('Connection closed by peer', 'Connection reset by peer', 'Broken pipe', 'Connection refused')
    return isinstance(error, RuntimeError) and any(words in text for words in gone)


def _is_time_out(error: Exception) -> bool:
    return isinstance(error, RuntimeError) and 'Timed out' in str(error)


def _wait_for_the_end(error: Exception) -> None:
    first_line = (str(error).splitlines() or [''])[0]
    _say(
        f'Process {os.environ.get("RANK", "?")} ends because another one failed or was killed ({first_line})'
    )
    time.sleep(PATIENCE)


def _say(message: str) -> None:
    import logging

    from mmengine.logging import print_log

    print_log(message, logger='current', level=logging.ERROR)
