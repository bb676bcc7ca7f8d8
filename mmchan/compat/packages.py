"""Which packages are there, and where: what MMEngine asks pkg_resources for."""

import importlib.util
from pathlib import Path


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
