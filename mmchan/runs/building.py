"""What MMEngine raises while it builds a Runner, told as what is wrong in its config."""

import contextlib
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from mmchan.errors import InputError

# what values of a wrong kind lead to; what the machine or another process is to blame for is none of these
_FAULTS = (AssertionError, AttributeError, ImportError, LookupError, TypeError, ValueError)
# methods of MMEngine's Runner -> the part of the config that they read
_READERS = MappingProxyType(
    {
        'build_log_processor': 'log_processor',
        'build_logger': 'log_level',
        'build_model': 'model',
        'build_visualizer': 'visualizer',
        'register_custom_hooks': 'custom_hooks',
        'register_default_hooks': 'default_hooks',
        'set_randomness': 'randomness',
        'setup_env': 'env_cfg',
    }
)


@contextlib.contextmanager
def faults_of_the_config() -> Iterator[None]:
    """While a Runner is built, say of what is raised which part of the config it comes from.

    Raises:
        InputError: In place of errors of which a config is the cause.
    """
    try:
        yield
    except InputError:
        raise
    except _FAULTS as error:
        frames = traceback.extract_tb(error.__traceback__)
        last = frames[-1]
        # that a method does not take an argument is said where it is called
        named = [*(frame.name for frame in frames), *str(error).replace('(', '.').split('.')]
        part = next((_READERS[name] for name in named if name in _READERS), 'the config')
        where = f'{Path(last.filename).name}:{last.lineno}'
        raise InputError(f'{part}: cannot be built: {type(error).__name__}: {error} ({where})') from error
