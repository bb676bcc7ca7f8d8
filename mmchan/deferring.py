"""Heavy parts of libraries are imported when somebody asks for them, and not before.

For: mmengine 0.10, torchvision 0.21 or later, torch 2.6 or later. Who trains a classifier imports sharded
optimizers, a Runner for clusters, and torch's compiler with SymPy and Triton, and uses none of them: seconds,
more than everything else but torch itself.

What is imported in their place does for whoever asks what they do: a class is made, called, derived from,
found in its registry and asked for instances as ever; the compiler compiles. From then on it is the real
module. A module that is imported already is left alone.

Can go: when ``tests/test_deferring.py::test_libraries_import_heavy_parts_without_us`` fails.
"""

import functools
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import MappingProxyType, ModuleType

# a module -> the class that others import from it, and the registry of mmengine that knows it by its name
CLASSES = MappingProxyType({
    'mmengine.model.wrappers.fully_sharded_distributed': ('MMFullyShardedDataParallel', 'MODEL_WRAPPERS'),
    'mmengine.optim.optimizer.zero_optimizer': ('ZeroRedundancyOptimizer', 'OPTIMIZERS'),
    'mmengine.runner._flexible_runner': ('FlexibleRunner', 'RUNNERS'),
})  # fmt: skip
COMPILER = 'torch._dynamo'
UTILITIES = f'{COMPILER}.utils'


def defer() -> None:
    """Defer the heavy parts of the libraries in this process. Call it before they are imported."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds stand-ins of the deferred modules until the real ones are asked for."""

    def __init__(self) -> None:
        self._classes = {module: _ClassModule(module, *CLASSES[module]) for module in CLASSES}
        self._compiler = _Compiler()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module comes from; None leaves it to Python's own finders."""
        if name.startswith(COMPILER):
            return self._compiler.find_spec(name)
        stood_in = self._classes.get(name)
        return stood_in and stood_in.find_spec()


class _Made:
    """A loader of a module that is made already."""

    def __init__(self, module: ModuleType, then: Callable[[], None] = lambda: None) -> None:
        self._module, self._spec, self._then = module, module.__spec__, then

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module."""
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module as it was made."""
        module.__spec__ = self._spec or module.__spec__
        self._then()


def _stand_in(name: str, load: Callable[[], ModuleType], contents: Mapping[str, object]) -> ModuleType:
    """A module with a few names, which asks the real one for all others."""
    module = ModuleType(name)
    vars(module).update(contents)

    def ask(attribute: str) -> object:
        if attribute.startswith('__'):  # Python and its debuggers ask every module for these
            raise AttributeError(f'module {name!r} has no attribute {attribute!r}')
        return getattr(load(), attribute)

    module.__getattr__ = ask
    return module


class _ClassModule:
    """A module with one class."""

    def __init__(self, module: str, class_name: str, registry: str) -> None:
        self._module, self._class_name, self._registry = module, class_name, registry
        self.is_real = False

    def find_spec(self) -> ModuleSpec | None:
        """A stand-in with the class's."""
        if self.is_real:
            return None
        stand_in = _stand_in(self._module, self.load, {self._class_name: _Class(self._class_name, self)})
        return ModuleSpec(self._module, _Made(stand_in, then=self._register))

    def _register(self) -> None:
        from mmengine.registry import Registry

        if not hasattr(Registry.get, '__wrapped__'):
            Registry.get = _giving_real_classes(Registry.get)
        self._registered()[self._class_name] = getattr(sys.modules[self._module], self._class_name)

    def _registered(self) -> dict[str, object]:
        return getattr(importlib.import_module('mmengine.registry'), self._registry).module_dict

    def load(self) -> ModuleType:
        """The real module."""
        if not self.is_real:
            self.is_real = True
            del sys.modules[self._module], self._registered()[self._class_name]
        return importlib.import_module(self._module)


class _Class:
    """Stands for a class: who uses it uses the real one."""

    def __init__(self, name: str, module: _ClassModule) -> None:
        self.__name__, self._module = name, module

    def real(self) -> type:
        """The class."""
        return getattr(self._module.load(), self.__name__)

    def __call__(self, *args: object, **kwargs: object) -> object:
        return self.real()(*args, **kwargs)

    def __getattr__(self, name: str) -> object:
        return getattr(self.real(), name)

    def __mro_entries__(self, bases: tuple) -> tuple[type]:
        return (self.real(),)

    def __instancecheck__(self, instance: object) -> bool:
        return self._module.is_real and isinstance(instance, self.real())

    def __subclasscheck__(self, subclass: type) -> bool:
        return self._module.is_real and issubclass(subclass, self.real())


def _giving_real_classes(get: Callable) -> Callable:
    @functools.wraps(get)
    def get_real(registry: object, key: str) -> object:
        found = get(registry, key)
        return found.real() if isinstance(found, _Class) else found

    return get_real


class _Compiler:
    """torch's compiler, which optimizers tell what it is not to touch, and torchvision what it may."""

    def __init__(self) -> None:
        self._is_real = False
        self._untouched = []  # functions that the real compiler has not heard of

    def find_spec(self, name: str) -> ModuleSpec | None:
        """The package, its utilities, or another part of it, which needs the whole."""
        if self._is_real:
            return None
        if name == COMPILER:
            contents = {'graph_break': lambda msg='': None, 'disable': self._disable}
            return ModuleSpec(name, _Made(_stand_in(name, self.load, contents)), is_package=True)
        if name == UTILITIES:
            contents = {'is_compile_supported': self._is_compile_supported}
            return ModuleSpec(name, _Made(_stand_in(name, lambda: self.load().utils, contents)))
        self.load()
        return ModuleSpec(name, _Made(sys.modules[name])) if name in sys.modules else None

    def load(self) -> ModuleType:
        """The real compiler. A function that it is not to touch asks it again when it is called."""
        if not self._is_real:
            self._is_real = True
            for name in (COMPILER, UTILITIES):
                sys.modules.pop(name, None)
            for function in self._untouched:
                vars(function).pop('__dynamo_disable', None)
        return importlib.import_module(COMPILER)

    def _disable(
        self,
        fn: Callable | None = None,
        recursive: bool = True,
        *,
        reason: str | None = None,
        wrapping: bool = True,
    ) -> Callable:
        if fn is None or wrapping:  # asked by others than torch._compile, which keeps our answer for `load`
            return self.load().disable(fn, recursive, reason=reason, wrapping=wrapping)
        self._untouched.append(fn)
        return fn

    def _is_compile_supported(self, device_type: str) -> bool:
        return self.load().utils.is_compile_supported(device_type)
