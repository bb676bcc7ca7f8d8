"""Heavy parts of libraries are imported when somebody asks for them, and not before.

For: mmengine 0.10, torchvision 0.21 or later, torch 2.6 or later. Who trains a classifier imports sharded
optimizers, a Runner for clusters, torch's compiler with SymPy and Triton, and setuptools, and uses none of
them: seconds, more than everything else but torch itself.

What is imported in their place does for whoever asks what they do: a class is made, called, derived from,
found in its registry and asked for instances as ever; the compiler compiles. From then on it is the real
module. A module that is imported already is left alone.

Can go: when ``tests/process/test_deferring.py::test_libraries_import_these_without_us_and_keep_them`` fails.
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
# functions of truth values, some of which may be symbols; torch checks the sizes of tensors with them
CONDITIONS = MappingProxyType({
    'expect_true': all,
    'guard_or_false': all,
    'guard_or_true': all,
    'sym_and': all,
    'sym_or': any,
})  # fmt: skip


def defer() -> None:
    """Defer the heavy parts of the libraries in this process. Call it before they are imported."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class Deferred:
    """A module that is not imported yet.

    Args:
        name: Its whole name.
        contents: What its stand-in holds; for everything else the module itself is imported.
        within: The package whose import brings it.
    """

    def __init__(
        self,
        name: str,
        contents: Mapping[str, object] = MappingProxyType({}),
        within: 'Deferred | None' = None,
    ) -> None:
        self.name, self.contents, self.within = name, contents, within
        self.is_real = False

    def load(self) -> ModuleType:
        """The module itself."""
        if self.within:
            self.within.load()
        if not self.is_real:
            self.is_real = True
            self.leave()
        return importlib.import_module(self.name)

    def enter(self, stand_in: ModuleType) -> None:
        """Hear that the stand-in is imported."""

    def leave(self) -> None:
        """Take the stand-in away."""
        sys.modules.pop(self.name, None)

    def stand_in(self) -> ModuleType:
        """A module with the contents, which asks the real one for everything else."""
        module = ModuleType(self.name)
        vars(module).update(self.contents)

        def ask(attribute: str) -> object:
            if attribute.startswith('__'):  # Python and its debuggers ask every module for some of these
                raise AttributeError(f'module {self.name!r} has no attribute {attribute!r}')
            return getattr(self.load(), attribute)

        module.__getattr__ = ask
        return module


class _Finder:
    """Finds stand-ins of the deferred modules until the real ones are asked for."""

    def __init__(self) -> None:
        compiler = _Compiler()
        setuptools = Deferred('distutils')  # which is part of it
        setuptools.contents = {'errors': Deferred('distutils.errors').stand_in()}
        modules = [
            compiler,
            Deferred(f'{COMPILER}.utils', {'is_compile_supported': compiler.is_supported}, within=compiler),
            _symbols(),
            setuptools,
            *(_Class(module, *CLASSES[module]) for module in CLASSES),
        ]
        self._modules = {module.name: module for module in modules}
        for module in modules:
            module.is_real = module.name in sys.modules

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module comes from; None leaves it to Python's own finders."""
        if name in self._modules:
            module = self._modules[name]
            loader = _Made(module.stand_in(), then=module.enter)
            return None if module.is_real else ModuleSpec(name, loader, is_package=True)
        package = self._modules.get(name.rpartition('.')[0])
        if package is None or package.is_real:
            return None
        package.load()
        return ModuleSpec(name, _Made(sys.modules[name])) if name in sys.modules else None


class _Made:
    """A loader of a module that is made already."""

    def __init__(self, module: ModuleType, then: Callable[[ModuleType], None] = lambda module: None) -> None:
        self._module, self._spec, self._then = module, module.__spec__, then

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module."""
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module as it was made."""
        module.__spec__ = self._spec or module.__spec__
        self._then(module)


class _Class(Deferred):
    """A module with one class."""

    def __init__(self, module: str, class_name: str, registry: str) -> None:
        super().__init__(module, {class_name: ClassStandIn(class_name, self)})
        self._class_name, self._registry = class_name, registry

    def enter(self, stand_in: ModuleType) -> None:
        """Register the class as the module does."""
        from mmengine.registry import Registry

        if not hasattr(Registry.get, '__wrapped__'):
            Registry.get = _giving_real_classes(Registry.get)
        self._registered()[self._class_name] = self.contents[self._class_name]

    def leave(self) -> None:
        """Make room for the class itself."""
        super().leave()
        self._registered().pop(self._class_name, None)

    def _registered(self) -> dict[str, object]:
        return getattr(importlib.import_module('mmengine.registry'), self._registry).module_dict


class ClassStandIn:
    """Stands for a class: who uses it uses the real one."""

    def __init__(self, name: str, module: _Class) -> None:
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
        return found.real() if isinstance(found, ClassStandIn) else found

    return get_real


class _Compiler(Deferred):
    """torch's compiler, which optimizers tell what it is not to touch: nothing, while it is not there."""

    def __init__(self) -> None:
        super().__init__(COMPILER, {'graph_break': lambda msg='': None, 'disable': self._disable})
        self._untouched = []  # functions that the real compiler has not heard of

    def leave(self) -> None:
        """Take the stand-in away; a function that was not to be touched asks again when it is called."""
        super().leave()
        sys.modules.pop(f'{COMPILER}.utils', None)
        for function in self._untouched:
            vars(function).pop('__dynamo_disable', None)

    def is_supported(self, device_type: str) -> bool:
        """As ``torch._dynamo.utils.is_compile_supported``."""
        return self.load().utils.is_compile_supported(device_type)

    def _disable(
        self,
        fn: Callable | None = None,
        recursive: bool = True,
        *,
        reason: str | None = None,
        wrapping: bool = True,
    ) -> Callable:
        if fn is None or wrapping:  # asked by others than torch._compile, which keeps our answer for `leave`
            return self.load().disable(fn, recursive, reason=reason, wrapping=wrapping)
        self._untouched.append(fn)
        return fn


def _symbols() -> Deferred:
    """What torch knows about sizes that are symbols of SymPy; of numbers it tells what holds at once."""
    module = Deferred('torch.fx.experimental.symbolic_shapes')

    def condition(name: str, joined: Callable) -> Callable:
        def hold(*values: object) -> object:
            plain = all(type(value) is bool for value in values)
            return joined(values) if plain else getattr(module.load(), name)(*values)

        return hold

    module.contents = {name: condition(name, joined) for name, joined in CONDITIONS.items()}
    return module
