"""Work-arounds for MMEngine's Config: reading and formatting."""

import ast
import functools
from collections.abc import Callable, Iterator


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
