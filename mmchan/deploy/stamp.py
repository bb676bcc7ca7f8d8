"""Which mmchan wrote a file."""

import subprocess
from dataclasses import replace
from pathlib import Path

import mmchan
from mmchan.deploy.metadata import Metadata

_CLONE = Path(mmchan.__file__).resolve().parents[1]


def stamped(metadata: Metadata) -> Metadata:
    """Metadata with mmchan's version and, in a clone, its commit."""
    return replace(metadata, version=mmchan.__version__, commit=commit())


def commit() -> str:
    """The commit of the clone, with '+' behind it where files were changed; '' where there is no clone."""
    if not (_CLONE / '.git').exists():
        return ''
    head = _git('rev-parse', 'HEAD')
    return head + '+' if head and _git('status', '--porcelain', '--untracked-files=no') else head


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(['git', *arguments], cwd=_CLONE, capture_output=True, text=True, check=False)  # noqa: S603, S607
    except FileNotFoundError:  # no git
        return ''
    return done.stdout.strip() if done.returncode == 0 else ''
