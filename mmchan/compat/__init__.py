"""Work-arounds for faults of the libraries that we stand on.

Each says which versions it is for and how to know that it can go. :func:`apply` turns on those that
change a library for the whole process; it imports nothing of ours and may be called any number of times.
"""

import sys

from mmchan.compat.checkpoints import (
    allow_own_checkpoints,
    checkpoints_read_by,
)
from mmchan.compat.configs import (
    format_configs_once,
    name_config_package,
    read_metafiles_once,
)
from mmchan.compat.models import (
    import_mmpretrain_alone,
    let_ssd_heads_predict,
)
from mmchan.compat.output import (
    keep_bars_out_of_logs,
    make_figures_for_drawing,
)
from mmchan.compat.packages import (
    find_packages_by_import,
    find_packages_of_models_by_import,
    get_installed_path,
    is_installed,
)
from mmchan.compat.processes import (
    as_one_process,
    loaders_not_started,
    process_group_on_cpu,
    wrapper_on_cpu,
)

__all__ = [
    'allow_own_checkpoints',
    'apply',
    'as_one_process',
    'checkpoints_read_by',
    'find_packages_by_import',
    'find_packages_of_models_by_import',
    'format_configs_once',
    'get_installed_path',
    'import_mmpretrain_alone',
    'is_installed',
    'keep_bars_out_of_logs',
    'let_ssd_heads_predict',
    'loaders_not_started',
    'make_figures_for_drawing',
    'name_config_package',
    'process_group_on_cpu',
    'read_metafiles_once',
    'wrapper_on_cpu',
]


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
