"""Work-arounds for what MMEngine unpickles."""

import contextlib
import pickle
from collections.abc import Callable, Iterator
from unittest import mock


def allow_own_checkpoints() -> None:
    """Let torch's restricted unpickler read what MMEngine's Runner writes.

    For: mmengine 0.10 with torch >= 2.6, where ``torch.load`` reads weights only. A checkpoint of the
    Runner also holds log histories (HistoryBuffer) and NumPy arrays and scalars, so that MMEngine
    can neither resume nor test its own files. Allowing HistoryBuffer as torch's message proposes also
    asks for the builtin ``getattr``, which gives a malicious file everything; a stand-in that knows
    HistoryBuffer's methods only is enough. Files with anything else in them are still refused.

    Can go: when ``tests/test_compat.py::test_runner_checkpoint_is_refused_without_us`` fails.
    """
    import torch
    from mmengine.logging import HistoryBuffer

    allowed = [HistoryBuffer, (_history_buffer_method, 'builtins.getattr'), *_numpy_globals()]
    torch.serialization.add_safe_globals(allowed)


def _history_buffer_method(owner: object, name: str) -> Callable:
    from mmengine.logging import HistoryBuffer

    known = {'min', 'max', 'current', 'mean', *HistoryBuffer._statistics_methods}
    if owner is not HistoryBuffer or name not in known:
        raise pickle.UnpicklingError(f'Unsupported global: builtins.getattr of {owner!r}, {name!r}')
    return getattr(owner, name)


def _numpy_globals() -> list:
    import numpy as np

    reconstruct, scalar = np.zeros(1).__reduce__()[0], np.float64(0).__reduce__()[0]
    functions = {'_reconstruct': reconstruct, 'scalar': scalar}
    # NumPy 2 moved the module; files of either version must load under the other
    modules = ('numpy.core.multiarray', 'numpy._core.multiarray')
    named = [(function, f'{module}.{name}') for module in modules for name, function in functions.items()]
    plain_types = {type(np.dtype(code)) for code in np.typecodes['All'] if code not in 'OV'}
    return [np.ndarray, np.dtype, *plain_types, *named]


@contextlib.contextmanager
def checkpoints_read_by(read: Callable) -> Iterator[None]:
    """Let MMEngine read every checkpoint, of a path or a URL, with a function of ours.

    For: mmengine 0.10, which unpickles what it downloads without restriction (the default of
    ``torch.hub.load_state_dict_from_url``), never checks a hash, and knows no .safetensors.

    Can go: when ``tests/test_compat.py::test_downloaded_code_runs_without_us`` fails.

    Args:
        read: Takes a path or URL, and ``map_location`` as for ``torch.load``.
    """
    from mmengine.runner import checkpoint

    def read_local(filename: str, map_location: object = None) -> object:
        return read(str(filename), map_location)

    def read_url(
        url: str, model_dir: str | None = None, map_location: object = None, progress: bool = True
    ) -> object:
        return read(url, map_location)

    loader = checkpoint.CheckpointLoader
    before = loader._schemes['']
    loader.register_scheme('', read_local, force=True)
    try:
        with mock.patch.object(checkpoint, 'load_url', read_url):
            yield
    finally:
        loader.register_scheme('', before, force=True)
