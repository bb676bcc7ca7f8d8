"""Work-arounds for what MMEngine draws and prints."""

import functools
import inspect
import io
from unittest import mock


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


_FIGURE = ('fig_save_canvas', 'fig_save', 'ax_save', 'dpi')  # what a visualizer keeps of its figure


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
