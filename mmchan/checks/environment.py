"""The examination behind ``mmchan doctor``: what is installed, what works, how to mend what does not.

Two steps: :func:`examine` asks a Python in processes of its own, so that nothing that is missing, broken
or crashing there can harm us; :func:`diagnose` turns the answers into findings without asking anything more.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from mmchan.findings import FAIL, OK, WARN, Finding

PROBE = Path(__file__).with_name('probe.py')
SECONDS = 300
# Two processes, so that the slow imports of one hide those of the other.
MODULES = (
    ('torch', 'torchvision', 'mmpretrain.models', 'mmdet.models', 'mmseg.models'),
    ('pkg_resources', 'cv2', 'sklearn.datasets', 'mmengine.runner', 'mmcv.ops'),
)

# Module -> what it imports: while one of these is broken, nothing can be said about the module itself.
BEFORE = {
    'torchvision': ('torch',),
    'mmengine.runner': ('torch', 'torchvision', 'cv2'),
    'mmcv.ops': ('torch', 'cv2', 'mmengine.runner'),
    'mmpretrain.models': ('torch', 'torchvision', 'cv2', 'mmengine.runner', 'mmcv.ops'),
    'mmdet.models': ('torch', 'torchvision', 'cv2', 'mmengine.runner', 'mmcv.ops'),
    'mmseg.models': ('torch', 'torchvision', 'cv2', 'mmengine.runner', 'mmcv.ops'),
}

PYTHONS = ((3, 10), (3, 12))
# Distributions that hold the same modules: exactly one of each group may be there.
MMENGINES = ('mmengine', 'mmengine-lite', 'onedl-mmengine')
MMCVS = ('mmcv', 'mmcv-lite', 'mmcv-full', 'onedl-mmcv')
OPENCVS = (
    'opencv-python',
    'opencv-python-headless',
    'opencv-contrib-python',
    'opencv-contrib-python-headless',
)


@dataclass(frozen=True)
class Facts:
    """What an examination found.

    Args:
        executable: The Python that was examined.
        python: Its version.
        versions: Distribution -> version.
        requirements: The requirements as their metadata say, of torchvision and mmchan.
        errors: Module -> why it cannot be imported, '' where it can.
        torch: The version of the torch that was imported, with its build ('2.12.0+cpu'); '' for none.
        gpu: The GPU that torch sees; '' for none.
        gpu_ops: Whether mmcv's ops were compiled for a GPU.
        driver: Whether NVIDIA's driver is on the machine.
    """

    executable: str
    python: tuple[int, ...]
    versions: dict[str, str]
    requirements: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    torch: str = ''
    gpu: str = ''
    gpu_ops: bool = False
    driver: bool = False


# ------------------------------------------------------------------------------------------- examination


def examine(executable: str = sys.executable) -> Facts:
    """Find out what a Python has installed and what of it can be imported; takes seconds."""
    with ThreadPoolExecutor() as pool:
        imports = [pool.submit(_try_imports, executable, modules) for modules in MODULES]
        installation = json.loads(_run_probe(executable, ())[0])
        reports = {name: report for job in imports for name, report in job.result().items()}
    return Facts(
        executable=executable,
        python=tuple(installation['python']),
        versions=installation['versions'],
        requirements={'mmchan': _requirements_of_clone(), **installation['requirements']},
        errors={name: report['error'] for name, report in reports.items()},
        torch=reports['torch'].get('version', ''),
        gpu=reports['torch'].get('gpu', ''),
        gpu_ops=reports['mmcv.ops'].get('gpu_ops', False),
        driver=shutil.which('nvidia-smi') is not None,
    )


def _requirements_of_clone() -> list[str]:
    """Our requirements where mmchan runs from its clone without being installed."""
    project = Path(__file__).parents[2] / 'pyproject.toml'
    text = project.read_text(encoding='utf-8') if project.is_file() else ''
    return re.findall(r'^    "([\w-]+[<>=][^"]*)",$', text, re.MULTILINE)


def _try_imports(executable: str, modules: tuple[str, ...]) -> dict[str, dict]:
    """The probe's reports. A module that kills the process gets the blame, the others another process."""
    reports: dict[str, dict] = {}
    while pending := [name for name in modules if name not in reports]:
        output, ending = _run_probe(executable, pending)
        reports.update((report['module'], report) for report in map(json.loads, output.splitlines()))
        guilty = next((name for name in pending if name not in reports), None)
        if guilty:
            reports[guilty] = {'error': f'importing {guilty} {ending}'}
    return reports


def _run_probe(executable: str, modules: tuple[str, ...] | list[str]) -> tuple[str, str]:
    """What the probe reported, and how it ended."""
    command = [executable, str(PROBE), *modules]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)  # noqa: S603 - our script
    except subprocess.TimeoutExpired as error:
        return (error.stdout or b'').decode(), f'took more than {SECONDS} s'
    return result.stdout, f'killed Python (exit code {result.returncode})'


# --------------------------------------------------------------------------------------------- diagnosis


def diagnose(facts: Facts) -> list[Finding]:
    """Judge everything that an examination found, in the order in which faults are to be mended."""
    return [check(facts) for check in CHECKS]


def _check_python(facts: Facts) -> Finding:
    version = '.'.join(map(str, facts.python))
    if PYTHONS[0] <= facts.python[:2] <= PYTHONS[1]:
        return Finding(OK, 'Python', f'{version}, {facts.executable}')
    return Finding(FAIL, 'Python', f'{version}; needed is 3.10 to 3.12', 'make setup PYTHON=python3.12')


def _check_setuptools(facts: Facts) -> Finding:
    remedy = _install(facts, 'setuptools')
    version = facts.versions.get('setuptools', 'none')
    if facts.errors['pkg_resources']:
        detail = f'{version} has no pkg_resources (82 removed it); mmengine and the build of mmcv need it'
        return Finding(FAIL, 'setuptools', detail, remedy)
    return Finding(OK, 'setuptools', f'{version} with pkg_resources')


def _check_torch(facts: Facts) -> Finding:
    finding = _check_package(facts, 'torch', 'torch', needed=True)
    if finding.state == OK:
        return Finding(OK, 'torch', facts.torch)
    return finding


def _check_torchvision(facts: Facts) -> Finding:
    # pip finds the torchvision that fits the torch; a build for another torch dies at import
    pair = [
        f'torch=={_release(facts.versions["torch"])}' if 'torch' in facts.versions else 'torch',
        'torchvision',
    ]
    remedy = _replace(facts, ['torch', 'torchvision'], _pip(facts, 'install', *pair))
    wanted, found = _torch_for_torchvision(facts), facts.versions.get('torch')
    if wanted and found and wanted != _release(found):
        detail = f'{facts.versions["torchvision"]} was built for torch {wanted}, installed is torch {found}'
        return Finding(FAIL, 'torchvision', detail, remedy)
    return _check_package(facts, 'torchvision', 'torchvision', needed=True, remedy=remedy)


def _check_opencv(facts: Facts) -> Finding:
    # without a display server there is often no libGL either; the headless build does without
    name = 'opencv-python-headless' if 'libGL' in facts.errors['cv2'] else 'opencv-python'
    present = _present(facts, OPENCVS)
    remedy = _replace(facts, present, _pip(facts, 'install', name))
    return _check_alternatives(facts, 'OpenCV', OPENCVS, 'cv2', remedy=remedy)


def _check_mmengine(facts: Facts) -> Finding:
    remedy = _replace(facts, _present(facts, MMENGINES), _install(facts, 'mmengine'))
    return _check_alternatives(facts, 'mmengine', MMENGINES, 'mmengine.runner', remedy=remedy)


def _check_mmcv(facts: Facts) -> Finding:
    finding = _check_alternatives(facts, 'mmcv', MMCVS, 'mmcv.ops', remedy=_build_mmcv(facts))
    if finding.state != OK:
        return finding
    if facts.gpu and not facts.gpu_ops:
        detail = f'{finding.what} with ops for the CPU only, though there is a GPU'
        return Finding(WARN, 'mmcv', detail, _build_mmcv(facts))
    return Finding(OK, 'mmcv', f'{finding.what} with {"GPU" if facts.gpu_ops else "CPU"} ops')


def _check_mmpretrain(facts: Facts) -> Finding:
    guilty = 'transformers' in facts.versions
    remedy = _pip(facts, 'uninstall', '-y', 'transformers') if guilty else ''
    return _check_package(facts, 'mmpretrain', 'mmpretrain.models', needed=True, remedy=remedy)


def _check_mmdet(facts: Facts) -> Finding:
    # mmdet asserts a range of mmcv's versions
    remedy = _build_mmcv(facts) if 'MMCV==' in facts.errors['mmdet.models'] else ''
    return _check_package(facts, 'mmdet', 'mmdet.models', needed=False, use='detection', remedy=remedy)


def _check_mmseg(facts: Facts) -> Finding:
    name, error = 'mmsegmentation', facts.errors['mmseg.models']
    if name not in facts.versions and error:
        return Finding(OK, name, 'absent; only its own configs need it')
    # it imports both and requires neither
    remedy = _pip(facts, 'install', 'ftfy', 'regex') if re.search(r"'(ftfy|regex)'", error) else ''
    return _check_package(facts, name, 'mmseg.models', needed=False, remedy=remedy)


def _check_scikit_learn(facts: Facts) -> Finding:
    return _check_package(facts, 'scikit-learn', 'sklearn.datasets', needed=False, use='the embedded digits')


def _check_simplejpeg(facts: Facts) -> Finding:
    version = facts.versions.get('simplejpeg')
    if version is None:
        return Finding(OK, 'simplejpeg', 'absent; OpenCV decodes JPEG to the same pixels, in more time')
    return Finding(OK, 'simplejpeg', version)


def _check_transformers(facts: Facts) -> Finding:
    return _check_absent(facts, 'transformers', 'mmpretrain 1.2 breaks with newer ones')


def _check_openmim(facts: Facts) -> Finding:
    # openmim 0.3.9 needs opendatalab, that openxlab, and openxlab 0.1.3 these with ~=
    why = 'it brings openxlab, which pins setuptools 60.2, rich 13.4'
    return _check_absent(facts, 'openmim', why)


def _check_gpu(facts: Facts) -> Finding:
    if facts.gpu:
        return Finding(OK, 'GPU', facts.gpu)
    if facts.driver and facts.torch:
        detail = f'torch {facts.torch} sees none, though nvidia-smi is there: wrong build or old driver'
        pair = ['torch', 'torchvision']
        return Finding(WARN, 'GPU', detail, _replace(facts, pair, _install(facts, *pair)))
    return Finding(WARN, 'GPU', 'none: CPU only')


CHECKS: tuple[Callable[[Facts], Finding], ...] = (
    _check_python,
    _check_setuptools,
    _check_torch,
    _check_torchvision,
    _check_opencv,
    _check_mmengine,
    _check_mmcv,
    _check_transformers,
    _check_mmpretrain,
    _check_mmdet,
    _check_mmseg,
    _check_openmim,
    _check_scikit_learn,
    _check_simplejpeg,
    _check_gpu,
)


# -------------------------------------------------------------------------- what the checks have in common


def _check_package(
    facts: Facts, name: str, module: str, *, needed: bool, use: str = '', remedy: str = ''
) -> Finding:
    """Whether a distribution is there, imports, and has a version that we were tried with."""
    version, error = facts.versions.get(name), facts.errors[module]
    if version is None and error:
        detail = 'not installed' + (f'; needed for {use} only' if use else '')
        return Finding(FAIL if needed else WARN, name, detail, _install(facts, name))
    version = version or 'of unknown version'
    if error:
        # uninstalling first, because pip's --force-reinstall would renew all dependencies too
        reinstall = _replace(facts, [name], _install(facts, name))
        return _broken(facts, name, version, module, remedy=remedy or reinstall)
    return _check_range(facts, name, version, remedy=_install(facts, name))


def _check_absent(facts: Facts, name: str, why: str) -> Finding:
    """Whether a distribution that does harm is not there."""
    version = facts.versions.get(name)
    if version is None:
        return Finding(OK, name, f'absent, as it should be: {why}')
    return Finding(WARN, name, f'{version} is installed; {why}', _pip(facts, 'uninstall', '-y', name))


def _check_alternatives(
    facts: Facts, name: str, distributions: tuple[str, ...], module: str, *, remedy: str
) -> Finding:
    """Whether exactly one of the distributions that share a module is there, and the module imports."""
    present = _present(facts, distributions)
    described = ', '.join(f'{found} {facts.versions[found]}' for found in present)
    if len(present) > 1:
        return Finding(FAIL, name, f'{described} overwrite each other', remedy)
    if facts.errors[module] and not present:
        return Finding(FAIL, name, 'not installed', remedy)
    described = described or 'of unknown version'
    if facts.errors[module]:
        return _broken(facts, name, described, module, remedy=remedy)
    return _check_range(facts, name, described, remedy=remedy)


def _broken(facts: Facts, name: str, version: str, module: str, *, remedy: str) -> Finding:
    cause = next((other for other in BEFORE.get(module, ()) if facts.errors[other]), None)
    if cause:
        remedy = f'first {cause.split(".")[0]}, then run this again'
    return Finding(FAIL, name, f'{version} does not import: {_first_line(facts.errors[module])}', remedy)


def _check_range(facts: Facts, name: str, detail: str, *, remedy: str) -> Finding:
    """Whether the version that ends ``detail`` is one that our own metadata allow."""
    numbers, allowed = _numbers(detail.split()[-1]), _range(facts, name)
    if numbers and allowed and not _in_range(numbers, allowed):
        return Finding(WARN, name, f'{detail}; mmchan was tried with {allowed}', remedy)
    return Finding(OK, name, detail)


def _present(facts: Facts, distributions: tuple[str, ...]) -> list[str]:
    return [name for name in distributions if name in facts.versions]


def _first_line(error: str) -> str:
    return error.splitlines()[0][:200]


# ------------------------------------------------------------------------------------ versions and ranges


def _range(facts: Facts, name: str) -> str:
    """The versions that our own metadata allow, '>=2.6,<2.14'; '' where they are silent."""
    for requirement in facts.requirements.get('mmchan', ()):
        match = re.match(r'([\w.-]+)\s*\(?([^;)]*)', requirement)
        if match and match[1].lower() == name:
            return ','.join(sorted(match[2].strip().split(','), reverse=True))
    return ''


def _in_range(version: tuple[int, ...], allowed: str) -> bool:
    compare = {'>=': version.__ge__, '<': version.__lt__}
    bounds = [re.match(r'(>=|<)([\d.]+)$', bound.strip()) for bound in allowed.split(',')]
    return all(compare[bound[1]](_numbers(bound[2])) for bound in bounds if bound)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r'\d+', re.match(r'[\d.]*', version)[0]))


def _release(version: str) -> str:
    """A version without its build: '2.12.0' for '2.12.0+cpu'."""
    return version.split('+')[0]


def _torch_for_torchvision(facts: Facts) -> str:
    """The one torch release that the installed torchvision was built for, '' where it does not say."""
    for requirement in facts.requirements.get('torchvision', ()):
        match = re.match(r'torch\s*\(?==\s*([\w.]+)', requirement)
        if match:
            return match[1]
    return ''


# ---------------------------------------------------------------------------------------------- remedies


def _pip(facts: Facts, *arguments: str) -> str:
    """A pip command for the Python that was examined, whichever environment the shell has active."""
    on_path = shutil.which('python')
    same = on_path is not None and Path(on_path).parent == Path(facts.executable).parent
    return shlex.join(['python' if same else facts.executable, '-m', 'pip', *arguments])


def _install(facts: Facts, *names: str) -> str:
    """The command that installs distributions in versions that we were tried with."""
    return _pip(facts, 'install', *(name + _range(facts, name) for name in names))


def _replace(facts: Facts, present: list[str], install: str) -> str:
    """The commands that take distributions away and install another in their place."""
    return f'{_pip(facts, "uninstall", "-y", *present)} && {install}' if present else install


def _build_mmcv(facts: Facts) -> str:
    """The commands that build mmcv, with its ops, against the torch that is installed.

    Without pip's cache, which does not know for which torch a wheel was built.
    """
    tools = _install(facts, 'setuptools', 'wheel', 'ninja', 'psutil')
    flags = ['--no-build-isolation', '--no-cache-dir', '--no-deps', '--no-binary=mmcv']
    mmcv = f'mmcv{_range(facts, "mmcv")}'
    build = f'{tools} && MMCV_WITH_OPS=1 {_pip(facts, "install", *flags, mmcv)}'
    return _replace(facts, _present(facts, MMCVS), build)
