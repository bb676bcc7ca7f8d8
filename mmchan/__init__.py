"""mmchan: networks for OpenMMLab whose channel dimensions are designed, not guessed."""

from mmchan.process.lazily import lazily

__version__ = '0.1.0'
__all__ = ['__version__', 'get_model', 'list_models', 'out_channels', 'predict']
__getattr__, __dir__ = lazily(
    __name__,
    {
        'get_model': 'mmchan.api',
        'list_models': 'mmchan.channels:list_variants',
        'out_channels': 'mmchan.channels',
        'predict': 'mmchan.api',
    },
)
