"""What MMEngine and OpenMMLab's libraries build at which place of a config."""

import functools
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import mmcv.cnn
import mmcv.transforms  # noqa: F401 - registers, as importing mmcv.cnn does
from mmengine import registry
from mmengine.registry import Registry
from mmengine.runner import Runner

from mmchan.checks.config import code, fields
from mmchan.checks.config.fields import Field

Roots = tuple[Registry, ...]

ALL: Roots = tuple(each for name, each in sorted(vars(registry).items()) if isinstance(each, Registry))
_MODEL: Roots = (registry.MODELS, registry.TASK_UTILS)


# what data sets read themselves
_READ_BY_OWNER = (('data_prefix',), ('filter_cfg',))
# what the code of models calls its train_cfg and its test_cfg, or a part of them
_PHASES: Mapping[str, str] = {
    'train_cfg': r'(?:\w*(?:train|proposal)_cfg|cfg)',
    'test_cfg': r'(?:\w*(?:test|proposal)_cfg|cfg)',
    'rpn_proposal': r'(?:\w*(?:test|proposal)_cfg|cfg)',
}
# a part of a two-stage detector's train_cfg or test_cfg -> the part of the detector that gets it
STAGES: Mapping[str, str] = {'rpn': 'rpn_head', 'rpn_proposal': 'rpn_head', 'rcnn': 'roi_head'}
NO_FIELDS: Mapping[str, Field] = MappingProxyType({})


@dataclass(frozen=True)
class Place:
    """What is known of a place where a part with a ``type`` may stand.

    Attributes:
        roots: The registries that its type is looked up in, the likeliest first.
        given: Arguments that whoever builds the part gives, so that the config need not.
        extra: Keys that whoever builds the part takes out before.
        elsewhere: Keys whose parts are built, and checked, elsewhere.
        fields: What is known of values, beyond the signatures.
        default: The type of a part without one; '' where there is none.
        scope: The scope that is in force.
        owner: The class or function that the part is an argument of.
        known: Whether all arguments that the builder gives are in ``given``.
        typed: Whether every dict there has to name a type.
        readers: The classes of the model, which hand its train_cfg and test_cfg to each other.
        stages: A key of STAGES -> the classes that get what stands there.
        built: Whether the owner builds it from its config alone.
        module: Where the type is looked up by its plain name instead.
        path: The names that lead from the owner to it.
        is_data: Whether a dict without one may have keys that stand in no code, such as names of classes.
    """

    roots: Roots
    given: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    fields: Mapping[str, Field] = field(default_factory=dict)
    default: str = ''
    scope: str = 'mmengine'
    owner: object = None
    known: bool = True
    typed: bool = False
    built: bool = False
    readers: frozenset = frozenset()
    stages: Mapping[str, frozenset] = field(default_factory=dict)
    is_data: bool = False
    module: str = ''
    path: tuple[str, ...] = ()

    @property
    def reads(self) -> frozenset[str] | None:
        """The keys of a dict without a type that are read; None where that is not known."""
        if self.path in _READ_BY_OWNER:
            return code.reads_from(self.owner, self.path[0]) or None
        return self._reads_in_phase if self.in_phase else None

    @property
    def _reads_in_phase(self) -> frozenset[str] | None:
        phase, *inner = self.path
        if not inner and code.keeps(self.owner, phase):
            return code.reads_from(self.owner, phase) | fields.EVERY_PHASE
        if len(inner) > 1 or (inner and inner[0] not in self.stages):
            return None
        readers = self.stages[inner[0]] if inner else {self.owner, *self.readers}
        name = _PHASES.get(inner[0] if inner else phase, _PHASES[phase])
        read = {key for each in readers for key in code.reads_from(each, name, called=True)}
        return read | fields.EVERY_PHASE | fields.INHERITED.get(self.path, frozenset())

    def may_mention(self, name: str, package: str) -> bool:
        """Whether some code that may read what stands there knows a name."""
        return self.foreign or code.is_word(name, self.owner, package)

    def gives(self, name: str) -> bool:
        """Whether whoever builds the part may give an argument."""
        if self.known:
            return name in self.given
        return not self.built or code.sets(self.owner, name)

    def is_part(self, value: Mapping) -> bool:
        """Whether a dict that stands there is one with a type."""
        if self.in_phase and (len(self.path) == 1 or self.reads is not None):
            return False
        return 'type' in value or bool(self.default) or self.typed

    def expects(self, name: str) -> bool:
        """Whether a dict without a type may have a key."""
        if self.reads is not None:
            return name in self.reads
        in_phase = self.in_phase and name in fields.PHASE
        return in_phase or any(name in code.own_words(each) for each in (self.owner, *self.readers))

    @property
    def words(self) -> frozenset[str]:
        """The words in the code of all that may read a dict without a type."""
        return frozenset().union(*(code.own_words(each) for each in (self.owner, *self.readers)))

    @property
    def in_phase(self) -> bool:
        """Whether it is, or is in, the train_cfg or test_cfg of a model."""
        return self.path[:1] in (('train_cfg',), ('test_cfg',))

    def values_in(self, part: Mapping) -> Mapping[str, Field]:
        """What is known of the values in a dict without a type."""
        if self.path[:1] == ('data_prefix',):
            return dict.fromkeys(part, fields.FILES)
        return fields.PHASE if self.in_phase else NO_FIELDS

    @property
    def foreign(self) -> bool:
        """Whether what stands there may be meant for a library that is none of OpenMMLab."""
        return code.is_foreign(self.owner)


def _place(
    *roots: Registry,
    given: str = '',
    extra: str = '',
    elsewhere: str = '',
    fields: Mapping[str, Field] = NO_FIELDS,
    default: str = '',
) -> Place:
    names = [frozenset(text.split()) for text in (given, extra, elsewhere)]
    return Place(roots, *names, fields=fields, default=default, typed=True)


_LOOP = 'runner dataloader'
MODEL = _place(*_MODEL)
DATASET = _place(registry.DATASETS, fields=fields.DATASET)
SAMPLER = _place(registry.DATA_SAMPLERS, given='dataset seed')
BATCH_SAMPLER = _place(registry.DATA_SAMPLERS, given='sampler batch_size')
FUNCTION = _place(registry.FUNCTIONS, given='worker_id data_batch')
TRANSFORM = _place(registry.TRANSFORMS)
METRIC = _place(registry.METRICS)
EVALUATOR = _place(registry.EVALUATOR, default='Evaluator')
HOOK = _place(registry.HOOKS, extra='priority')
SCHEDULER = _place(
    registry.PARAM_SCHEDULERS, given='optimizer', extra='convert_to_iter_based', fields=fields.SCHEDULER
)
OPTIM_WRAPPER = _place(
    registry.OPTIM_WRAPPERS,
    extra='constructor paramwise_cfg',
    elsewhere='optimizer paramwise_cfg clip_grad',
    fields=fields.OPTIM_WRAPPER,
    default='OptimWrapper',
)
OPTIMIZER = _place(registry.OPTIMIZERS, given='params', fields=fields.OPTIMIZER)
CONSTRUCTOR = _place(registry.OPTIM_WRAPPER_CONSTRUCTORS, given='optim_wrapper_cfg paramwise_cfg')
VISUALIZER = _place(registry.VISUALIZERS, given='name save_dir', extra='name', fields=fields.VISUALIZER)
RUNNER = _place(registry.RUNNERS)
LOG_PROCESSOR = _place(registry.LOG_PROCESSORS, default='LogProcessor')
WRAPPER = _place(registry.MODEL_WRAPPERS, given='module device_ids', default='MMDistributedDataParallel')
TTA_MODEL = _place(*_MODEL, given='module')
LOOPS = {
    'train_cfg': _place(registry.LOOPS, given=_LOOP, fields=fields.LOOP),
    'val_cfg': _place(registry.LOOPS, given=f'{_LOOP} evaluator', default='ValLoop'),
    'test_cfg': _place(registry.LOOPS, given=f'{_LOOP} evaluator', default='TestLoop'),
}

# name of an argument -> what stands there, whatever it is an argument of
_BY_NAME: Mapping[str, Place] = {
    # a backbone that initializes itself may read it without a type
    'init_cfg': replace(_place(registry.WEIGHT_INITIALIZERS, extra='override layer name'), typed=False),
    'override': _place(registry.WEIGHT_INITIALIZERS, extra='name'),
    'norm_cfg': replace(MODEL, extra=frozenset({'requires_grad'}), fields=fields.NORM, known=False),
    'act_cfg': replace(MODEL, known=False),
    'conv_cfg': replace(MODEL, known=False),
    'vis_backends': _place(registry.VISBACKENDS, given='save_dir'),
    'pipeline': TRANSFORM,
    'transforms': TRANSFORM,
    # what is called by its plain name, of mmcv's
    'nms': replace(
        _place(*_MODEL, given='boxes scores', extra='class_agnostic split_thr max_num'), module='mmcv.ops'
    ),
    'roi_layer': replace(_place(*_MODEL, given='spatial_scale'), module='mmcv.ops'),
    'dataset': DATASET,
    'datasets': DATASET,
    'metrics': METRIC,
}


def argument(outer: Place, name: str, owner: object) -> Place:
    """The place of an argument of a part.

    Args:
        outer: The place of the part.
        name: Name of the argument.
        owner: What the type of the part names.
    """
    return inside(replace(outer, owner=owner, path=()), name)


def inside(outer: Place, name: str) -> Place:
    """The place of a key of a dict."""
    owner, path = outer.owner, (*outer.path, name)
    if code.is_foreign(owner) and registry.TRANSFORMS in outer.roots:
        return Place((), owner=owner)  # transforms of another library, such as albumentations
    found = _BY_NAME.get(name) or Place(outer.roots, known=False)
    built = len(path) == 1 and code.builds(owner, name)
    return replace(
        found,
        scope=outer.scope,
        owner=owner,
        default=found.default or code.default_type(owner, name),
        typed=found.typed or built,
        built=built,
        readers=outer.readers,
        stages=outer.stages,
        is_data=outer.is_data or registry.DATASETS in outer.roots,
        path=path,
    )


@functools.cache
def known_top() -> frozenset[str]:
    """The names at the top of a config that MMEngine, OpenMMLab's tools or we read."""
    runner = frozenset(inspect.signature(Runner.__init__).parameters) - {'self', 'cfg'}
    return runner | _ALSO_READ


_ALSO_READ = frozenset(
    {
        'activation_checkpointing',
        'compile',
        'custom_imports',
        'efficient_conv_bn_eval',
        'find_unused_parameters',
        'model_wrapper_cfg',
        'runner_type',
        'runtime_cfg',
        'strategy',
        'sync_bn',
        'tta_model',
        'tta_pipeline',
    }
)

# runtime_cfg's names -> hooks whose settings stand there; a test compares them with those of the Runner
RUNTIME_HOOKS: Mapping[str, Place] = {
    name: replace(HOOK, default=f'mmchan.{hook}')
    for name, hook in {
        'bad_steps': 'BadStepsHook',
        'checkpoint': 'CheckpointHook',
        'live': 'LiveHook',
        'scalars': 'ScalarsHook',
        'summary': 'SummaryHook',
        'waiting': 'WaitingHook',
    }.items()
}
TOP: Mapping[str, Place] = {
    'custom_hooks': HOOK,
    'log_processor': LOG_PROCESSOR,
    'model_wrapper_cfg': WRAPPER,
    'tta_model': TTA_MODEL,
    'tta_pipeline': TRANSFORM,
    'visualizer': VISUALIZER,
}
LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')
EVALUATORS = ('val_evaluator', 'test_evaluator')
LOADER: Mapping[str, Place] = {
    'dataset': DATASET,
    'sampler': SAMPLER,
    'batch_sampler': BATCH_SAMPLER,
    'collate_fn': FUNCTION,
    'worker_init_fn': FUNCTION,
}
