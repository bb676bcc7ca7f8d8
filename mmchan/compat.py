"""Work-arounds for faults of the libraries that we stand on.

Each says which versions it is for and how to know that it can go. :func:`apply` turns on those that
change a library for the whole process; it imports nothing of ours and may be called any number of times.
"""

import ast
import contextlib
import functools
import importlib.util
import inspect
import io
import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock


def apply() -> None:
    """Turn on every work-around that needs no arguments. Call it before a config is loaded.

    Those that concern torch are left out while it is not imported, which takes longer than to read a config:
    who builds a Runner calls this again.
    """
    find_packages_by_import()
    name_config_package()
    read_metafiles_once()
    keep_bars_out_of_logs()
    format_configs_once()
    if 'torch' in sys.modules:
        allow_own_checkpoints()
        find_packages_of_models_by_import()
        make_figures_for_drawing()


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


def find_packages_by_import() -> None:
    """Let MMEngine find ``package::config`` bases where Python imports the package from.

    For: mmengine 0.10. It asks pkg_resources, which setuptools 82 removed and which answers with
    the site-packages folder for editable installs (PEP 660), where the package is not.

    Can go: when mmengine's ``package_utils.py`` no longer mentions pkg_resources.
    """
    import mmengine.config.config
    import mmengine.utils
    import mmengine.utils.package_utils

    for module in (mmengine.config.config, mmengine.utils, mmengine.utils.package_utils):
        module.is_installed = is_installed
        module.get_installed_path = get_installed_path


def find_packages_of_models_by_import() -> None:
    """As :func:`find_packages_by_import`, for ``mmengine.hub``."""
    import mmengine.hub.hub

    mmengine.hub.hub.get_installed_path = get_installed_path


def is_installed(package: str) -> bool:
    """Whether Python can import a top-level package, or one of OpenMMLab by its distribution's name."""
    return importlib.util.find_spec(_import_name(package)) is not None


def get_installed_path(package: str) -> str:
    """The folder that a package is imported from, named as for :func:`is_installed`.

    Raises:
        ModuleNotFoundError: When there is no such package, or it is a namespace without a folder of its own.
    """
    spec = importlib.util.find_spec(_import_name(package))
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f'{package} is not installed', name=package)
    return str(Path(spec.origin).parent)


def _import_name(package: str) -> str:
    """'mmseg' for 'mmsegmentation': MMEngine asks for distributions."""
    from mmengine.config.utils import MODULE2PACKAGE

    return next((module for module, name in MODULE2PACKAGE.items() if name == package), package)


def name_config_package() -> None:
    """Let configs inherit from ours: ``_base_ = 'mmchan::regnet/...'``.

    For: every mmengine; it keeps a fixed table of the packages that may be named so. It also takes the
    package for the scope of all types of such a base, but ours say ``mmchan.`` where a type is ours and are
    mmpretrain's or mmdet's for the rest.

    Can go: when mmengine takes any importable package, and leaves the scope to the base.
    """
    from mmengine.config import Config
    from mmengine.config.utils import MODULE2PACKAGE

    if 'mmchan' not in MODULE2PACKAGE:
        MODULE2PACKAGE['mmchan'] = 'mmchan'
        Config._get_cfg_path = staticmethod(_without_our_scope(Config._get_cfg_path))


def _without_our_scope(path_and_scope: Callable) -> Callable:
    @functools.wraps(path_and_scope)
    def found(cfg_path: str, filename: str) -> tuple[str, str | None]:
        path, scope = path_and_scope(cfg_path, filename)
        return path, None if scope == 'mmchan' else scope

    return found


def read_metafiles_once() -> None:
    """Let a config that inherits from another package find its bases without reading all metafiles again.

    For: mmengine 0.10, which parses every metafile of a package for every ``package::config`` base: 0.1 to
    0.2 s each.

    Can go: when mmengine's ``_get_cfg_metainfo`` keeps what it has read.
    """
    from mmengine.config import utils

    if not hasattr(utils.load, 'cache_info'):
        utils.load = functools.cache(utils.load)


def format_configs_once() -> None:
    """Let a Runner format each line of its config once, not whenever it logs or saves it.

    For: mmengine 0.10, which calls yapf at every checkpoint: 0.2 to 0.8 s each, as long as some iterations.
    Configs of one process, as of a sweep, have most of their lines in common.

    Can go: when ``Config.pretty_text`` keeps its text.
    """
    from mmengine.config import config

    if not hasattr(config.FormatCode, 'cache_info'):
        config.FormatCode = _remembering(config.FormatCode)


def _remembering(format_code: Callable) -> Callable:
    """yapf's FormatCode, which is asked to format the same assignments in one style again and again."""
    styles = {}

    @functools.lru_cache(maxsize=1024)
    def formatted(statement: str) -> str:
        return format_code(statement, style_config=styles['last'])[0]

    def remembered(text: str, style_config: dict) -> tuple[str, bool]:
        if styles.setdefault('last', style_config) != style_config:
            styles['last'] = style_config
            formatted.cache_clear()
        found = ''.join(map(formatted, _statements(text)))
        return found, found != text

    remembered.cache_info = formatted.cache_info
    return remembered


def _statements(text: str) -> Iterator[str]:
    """The statements of a text, each with the ends of its lines; a config dumps assignments alone."""
    lines = text.splitlines(keepends=True)
    for node in ast.parse(text).body:
        yield ''.join(lines[node.lineno - 1 : node.end_lineno])


def keep_bars_out_of_logs() -> None:
    """Let MMEngine's progress bars be silent where nobody says where they shall be drawn.

    For: mmengine 0.10, whose bars go to standard output with control characters, into a file or a pipe too,
    and between the lines of a log: that of mmpretrain's PreciseBNHook is the only one in a training.

    Can go: when mmengine's ``ProgressBar`` draws on terminals only.
    """
    from mmengine.utils.progressbar import ProgressBar

    begin = ProgressBar.__init__
    if hasattr(begin, '__wrapped__'):
        return

    @functools.wraps(begin)
    def begin_silently(
        bar: ProgressBar,
        task_num: int = 0,
        bar_width: int = 50,
        start: bool = True,
        file: io.TextIOBase | None = None,
    ) -> None:
        begin(bar, task_num, bar_width, start, io.StringIO() if file is None else file)

    ProgressBar.__init__ = begin_silently


def make_figures_for_drawing() -> None:
    """Let MMEngine's visualizers make their figure when they first draw, and import matplotlib then.

    For: mmengine 0.10, whose visualizers make it at once, though most trainings draw nothing: half a second.

    Can go: when ``Visualizer.__init__`` makes no figure.
    """
    from mmengine.visualization import Visualizer

    begin = Visualizer.__init__
    if hasattr(begin, '__wrapped__'):
        return

    @functools.wraps(begin)
    def begin_without(visualizer: Visualizer, *args: object, **kwargs: object) -> None:
        visualizer._initialize_fig = lambda settings: (mock.Mock(),) * 3
        begin(visualizer, *args, **kwargs)
        for name in ('_initialize_fig', *_FIGURE):
            delattr(visualizer, name)
        if '_image' in vars(visualizer):
            visualizer.set_image(visualizer._image)

    def make(visualizer: Visualizer, name: str) -> object:
        if name not in _FIGURE or 'fig_save_cfg' not in vars(visualizer):
            raise AttributeError(f'{type(visualizer).__name__!r} object has no attribute {name!r}')
        parts = visualizer._initialize_fig(visualizer.fig_save_cfg)
        vars(visualizer).update(zip(_FIGURE, (*parts, parts[1].get_dpi()), strict=True))
        return vars(visualizer)[name]

    begin_without.__signature__ = inspect.signature(begin)  # MMEngine looks for an argument in it
    Visualizer.__init__, Visualizer.__getattr__ = begin_without, make


_FIGURE = ('fig_save_canvas', 'fig_save', 'ax_save', 'dpi')  # what a visualizer keeps of its figure


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


@contextlib.contextmanager
def as_one_process() -> Iterator[None]:
    """Let samplers be built as in a run of a single process.

    For: every mmengine; its samplers ask for rank and number of processes themselves and take no others.

    Can go: when the samplers take them as arguments.
    """
    import mmengine.dist.utils

    with mock.patch.object(mmengine.dist.utils, 'is_distributed', return_value=False):
        yield


def import_mmpretrain_alone() -> None:
    """Import mmpretrain's models without mmdet, which costs a classifier a second or two.

    For: mmpretrain 1.2, which imports all of mmdet for ``ResLayerExtraNorm``, a class for detectors. Whoever
    needs it imports ``mmpretrain.models.utils.res_layer_extra_norm``, as mmpretrain's configs for detectors
    do. Where mmdet or mmpretrain's models are already imported nothing is done.

    Can go: when ``tests/test_compat.py::test_mmpretrain_imports_all_of_mmdet_without_us`` fails.
    """
    if 'mmdet' in sys.modules or 'mmpretrain.models' in sys.modules or not is_installed('mmpretrain'):
        return
    sys.modules['mmdet'] = None  # an ImportError for who asks
    try:
        importlib.import_module('mmpretrain.models')
    finally:
        del sys.modules['mmdet']
        sys.modules.pop('mmpretrain.models.utils.res_layer_extra_norm', None)


def let_ssd_heads_predict() -> None:
    """Let SSD and SSDLite find boxes. Imports mmdet: for who builds a detector.

    For: mmdet 3.3, whose ``predict_by_feat`` asks every head for its ``loss_cls``, which SSDHead has not: an
    AttributeError at the first validation.

    Can go: when ``tests/test_compat.py::test_ssd_heads_have_no_loss_without_us`` fails.
    """
    from mmdet.models.dense_heads import SSDHead

    if not hasattr(SSDHead, 'loss_cls'):
        SSDHead.loss_cls = None


@contextlib.contextmanager
def loaders_not_started() -> Iterator[None]:
    """Let MMEngine build its loop without epochs and not start the loader's workers.

    For: mmengine 0.10, whose ``IterBasedTrainLoop`` begins to load in its ``__init__``, before a checkpoint
    says where.

    Can go: when the loop takes its iterator in ``run``.
    """
    from mmengine.runner import loops

    with mock.patch.object(loops, '_InfiniteDataloaderIterator'):
        yield


@contextlib.contextmanager
def process_group_on_cpu(launcher: str, **dist_cfg: object) -> Iterator[None]:
    """Hold a gloo process group open for a Runner on machines without an accelerator.

    For: mmengine 0.10, whose ``init_dist`` selects a CUDA device for every launcher and dies with
    "Found no NVIDIA driver". The Runner leaves a process group alone that it finds open.

    Can go: when mmengine's ``init_dist(launcher, backend='gloo')`` works on a machine without a GPU.

    Args:
        launcher: 'pytorch', 'slurm' or 'mpi'.
        dist_cfg: The config's ``env_cfg.dist_cfg``; its backend is ignored.
    """
    import torch
    from mmengine.dist import init_dist

    if torch.multiprocessing.get_start_method(allow_none=True) is None:
        # the Runner's default, which it sets itself after warning of the one that init_dist would set
        torch.multiprocessing.set_start_method('fork')
    with mock.patch.object(torch.cuda, 'set_device'):
        init_dist(launcher, **{**dist_cfg, 'backend': 'gloo'})
    try:
        yield
        # A thread of gloo that still holds the tensors of the last collective when Python shuts down aborts
        # the process. A process without anything left to do ran into that; now it waits for the others.
        torch.distributed.barrier()
    finally:
        torch.distributed.destroy_process_group()


def wrapper_on_cpu(model_wrapper_cfg: dict | None, *, find_unused_parameters: bool = False) -> dict:
    """The config of a data-parallel wrapper that works without a GPU.

    For: mmengine 0.10, which passes ``device_ids=[LOCAL_RANK]`` to DistributedDataParallel also for
    modules on the CPU, where torch allows none.

    Can go: together with :func:`process_group_on_cpu`.

    Args:
        model_wrapper_cfg: What the config says about the wrapper; None where it says nothing.
        find_unused_parameters: The config's field of this name, which MMEngine reads for None only.
    """
    defaults = {'type': 'MMDistributedDataParallel', 'broadcast_buffers': False}
    defaults['find_unused_parameters'] = find_unused_parameters
    return {**(model_wrapper_cfg or defaults), 'device_ids': None}
