"""What the code of a class tells about its arguments beyond their signature: the words in it, no more."""

import ast
import functools
import inspect
import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from mmchan.checks.config.flow import is_super_init

_WORD = re.compile(r'[A-Za-z_]\w*')
_UNSPOKEN = re.compile(r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|#.*')  # docstrings and comments
_POPPED = re.compile(r'\.pop\(\s*[\'"](\w+)')
_TESTED = re.compile(r'isinstance\(\s*(?:self\.)?_?(\w+)\s*,\s*\(?([^()]*)')
_PAIRED = re.compile(r'\b(?:_single|_pair|_triple|_ntuple|to_\w*tuple)\(\s*(\w+)')
_DEFAULT_TYPE = re.compile(r'(\w+)\.setdefault\(\s*[\'"]type[\'"],\s*[\'"]([\w.]+)')
_IMPORT = re.compile(
    r'^\s*(?:from|import)[ ]+(\w+)([\w.]*)([ ]+as[ ]+\w+|[ ]+import[ ]+(?:\([^)]*\)|.*))?', re.MULTILINE
)
_BLOCK = re.MULTILINE | re.DOTALL
_LOOKED_UP = re.compile(r'\[(\w+)\]|\b(\w+) (?:not )?in (?:self|cls|[A-Z])')
_IMPORTED = re.compile(r'^\s*(?:from|import)\s+(\w+)', re.MULTILINE)
_NOT_READ = frozenset({'', 'torch', *sys.stdlib_module_names})
_NEAR = 0.85
_DICT_METHODS = frozenset(dir(dict)) | {'to_dict'}
_ALWAYS = ('mmengine', 'mmcv', 'mmchan')
_USUAL = frozenset(
    {
        *sys.stdlib_module_names,
        *_ALWAYS,
        *(
            'addict',
            'cityscapesscripts',
            'cv2',
            'd_cube',
            'dsdl',
            'einops',
            'imagecorruptions',
            'importlib_metadata',
        ),
        *(
            'jsonlines',
            'lap',
            'lvis',
            'mat4py',
            'matplotlib',
            'memory_profiler',
            'mmdet',
            'mmpretrain',
            'mmseg',
        ),
        *(
            'motmetrics',
            'nltk',
            'numpy',
            'osgeo',
            'panopticapi',
            'PIL',
            'prettytable',
            'psutil',
            'pycocoevalcap',
        ),
        *('pycocotools', 'rich', 'scipy', 'seaborn', 'six', 'skimage', 'sklearn', 'terminaltables', 'torch'),
        *('torch_npu', 'torchvision', 'tqdm', 'trackeval'),
    }
)


@functools.cache
def modules_of(owner: object) -> frozenset[str]:
    """The modules that a class and its bases, or a function, were written in; not Python's, torch's."""
    classes = owner.__mro__ if inspect.isclass(owner) else (owner,)
    modules = {getattr(each, '__module__', None) or '' for each in classes}
    return frozenset(each for each in modules if each.partition('.')[0] not in _NOT_READ)


def is_word(name: str, owner: object, *packages: str) -> bool:
    """Whether a name stands in the code of an owner's libraries, of others, or of MMEngine.

    What is no name at all is data, which nothing can be said about.
    """
    if not _WORD.fullmatch(name):
        return True
    libraries = {*(module.partition('.')[0] for module in modules_of(owner)), *packages, *_ALWAYS}
    # what is defined is found without reading whole libraries
    return _is_defined(name, libraries) or any(name in _words_of(library) for library in libraries)


def _is_defined(name: str, libraries: set[str]) -> bool:
    """Whether some module that is loaded has a name."""
    loaded = [module for path, module in sys.modules.items() if path.partition('.')[0] in libraries]
    return any(name in vars(module) for module in loaded)


@functools.cache
def builds(owner: object, name: str) -> bool:
    """Whether an owner's modules build an argument of this name from its config alone."""
    pattern = re.compile(rf'(?:\.build|\bbuild_(?!dataloader)\w+)\(\s*(?:self\.)?{name}\s*\)')
    return any(pattern.search(_text(module)) for module in modules_of(owner))


@functools.cache
def sets(owner: object, name: str) -> bool:
    """Whether an owner's modules may give an argument of this name to what they build."""
    pattern = re.compile(rf'\b{name}\s*=|[\'"]{name}[\'"]')
    return any(pattern.search(_text(module)) for module in modules_of(owner))


@functools.cache
def quotes(owner: object, text: str) -> bool:
    """Whether a text stands in quotes in an owner's modules."""
    pattern = re.compile(rf'[\'"]{text}[\'"]')
    return any(pattern.search(_text(module)) for module in modules_of(owner))


@functools.cache
def reads_from(owner: object, name: str, *, called: bool = False) -> frozenset[str]:
    """The keys that an owner's modules read from a dict of this name.

    Args:
        owner: A class or function.
        name: What the dict is called there, which may be a regular expression.
        called: Also what the functions read that the modules import.
    """
    modules = modules_of(owner)
    if called:
        modules = modules.union(*map(_functions_of, modules))
    found = [match for module in modules for match in _reading(name).findall(_text(module))]
    return frozenset(key for match in found for key in match if key) - _DICT_METHODS


@functools.cache
def _functions_of(module: str) -> frozenset[str]:
    """The modules of the functions that a module imports from its own library."""
    package = module.partition('.')[0]
    origins = {each.__module__ for each in vars(sys.modules[module]).values() if inspect.isfunction(each)}
    return frozenset(each for each in origins if each.partition('.')[0] == package)


@functools.cache
def _reading(name: str) -> re.Pattern:
    looked_up = rf'\b{name}(?:\[|\.get\(|\.pop\()\s*[\'"](\w+)|\b{name}\.(\w+)'
    asked_for = rf'[\'"](\w+)[\'"] (?:not )?in (?:\w+\.)?{name}\b|hasattr\((?:\w+\.)?{name}, ?[\'"](\w+)'
    return re.compile(f'{looked_up}|{asked_for}')


@functools.cache
def keeps(owner: object, name: str) -> bool:
    """Whether an owner's modules read a dict of this name themselves and give it to nobody as a whole."""
    given = {value for module in modules_of(owner) for value in _given(module)}
    return name not in given and bool(reads_from(owner, name))


@functools.cache
def _given(module: str) -> frozenset[str]:
    """The names of what a module hands to calls, those of bases' ``__init__`` left out."""
    calls = [node for node in ast.walk(_tree(module)) if isinstance(node, ast.Call)]
    values = [value for call in calls if not is_super_init(call) for value in _values_of(call)]
    return frozenset(getattr(value, 'id', getattr(value, 'attr', '')) for value in values)


def _values_of(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


@functools.cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_source(module))


def is_key(owner: object, name: str) -> bool:
    """Whether an owner's modules look something up by the value of a name: any kind may be a key."""
    return any(name in found for found in _found(_LOOKED_UP, owner))


def near_word(name: str, package: str) -> bool:
    """Whether a name is all but a word in the code of a library."""
    return bool(get_close_matches(name, _words_of(package), 1, _NEAR))


def own_words(owner: object) -> frozenset[str]:
    """The words in the modules of an owner and its bases."""
    return _found(_WORD, owner)


def popped(owner: object) -> frozenset[str]:
    """The keys that an owner's modules take out of some dict before something is built from it."""
    return _found(_POPPED, owner)


@functools.cache
def tested(owner: object, name: str) -> frozenset[str]:
    """The words of the kinds that an owner's modules ask a name for: it takes them, whatever is annotated.

    What is made a pair of one number is asked so too.
    """
    asked = [kinds for each, kinds in _found(_TESTED, owner) if each == name]
    paired = ['int'] if name in _found(_PAIRED, owner) else []
    return frozenset(word for kinds in [*asked, *paired] for word in _WORD.findall(kinds))


def default_type(owner: object, name: str) -> str:
    """The type that an owner's modules give an argument that names none; '' where they do not."""
    return max((kind for each, kind in _found(_DEFAULT_TYPE, owner) if each == name), default='')


@functools.cache
def is_foreign(owner: object) -> bool:
    """Whether an owner uses libraries beyond the usual ones, which may read what it is given."""
    module = getattr(owner, '__module__', '')
    ours = module.partition('.')[0] in (*_ALWAYS, *_NOT_READ)
    if ours or _USUAL.issuperset(_IMPORTED.findall(_text(module))):
        return False
    name = getattr(owner, '__name__', '')
    block = re.search(rf'^(?:class|def) {re.escape(name)}\b.*?(?=^[^\s)]|\Z)', _text(module), _BLOCK)
    return block is None or not _foreign_names(module).isdisjoint(_WORD.findall(block[0]))


@functools.cache
def _foreign_names(module: str) -> frozenset[str]:
    """What a module calls the libraries beyond the usual ones, and what it imports of them."""
    imports = [found for found in _IMPORT.findall(_text(module)) if found[0] not in _USUAL]
    return frozenset(word for found in imports for text in found for word in _WORD.findall(text)) - {'as'}


@functools.cache
def _found(pattern: re.Pattern, owner: object) -> frozenset:
    return frozenset(found for module in modules_of(owner) for found in pattern.findall(_text(module)))


@functools.cache
def _text(module: str) -> str:
    """The code of a module without docstrings and comments."""
    return _UNSPOKEN.sub('', _source(module))


@functools.cache
def _source(module: str) -> str:
    """The code of a module; '' of one that is not written in Python."""
    file = getattr(sys.modules.get(module), '__file__', None) or ''
    return Path(file).read_text(encoding='utf-8') if file.endswith('.py') else ''


@functools.cache
def _words_of(package: str) -> frozenset[str]:
    texts = (_UNSPOKEN.sub('', file.read_text('utf-8')) for file in _files_of(package))
    return frozenset(word for text in texts for word in _WORD.findall(text))


def _files_of(package: str) -> Iterator[Path]:
    spec = find_spec(package) if package.isidentifier() else None
    if spec and spec.origin:
        folder = Path(spec.origin).parent
        yield from (file for file in folder.rglob('*.py') if '.mim' not in file.relative_to(folder).parts)
