"""mmchan: networks for OpenMMLab whose channel dimensions are designed, not guessed."""

import importlib

__version__ = '0.1.0'

# name -> where it is; nothing is imported before it is asked for
_LAZY = {
    'get_model': ('mmchan.api', 'get_model'),
    'list_models': ('mmchan.channels', 'list_variants'),
    'out_channels': ('mmchan.channels', 'out_channels'),
    'predict': ('mmchan.api', 'predict'),
}
__all__ = ['__version__', 'get_model', 'list_models', 'out_channels', 'predict']


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    module, attribute = _LAZY[name]
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
