"""What MMEngine reads by name: the keys of dicts without a type, and values that no signature describes."""

import reprlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from mmchan.checks.config.kinds import ANY, BOOL, DICT, FLOAT, INT, LIST, NONE, STR, Kinds, kind_of
from mmchan.errors import suggestion
from mmchan.findings import FAIL, Finding


@dataclass(frozen=True)
class Field:
    """What a value may be.

    Attributes:
        kinds: Its kinds.
        least: The least number.
        items: What the items of a list may be.
        strings: What a string may be; empty allows any.
    """

    kinds: Kinds = ANY
    least: float | None = None
    items: Kinds = ANY
    strings: frozenset[str] = frozenset()

    def takes(self, value: object) -> bool:
        """Whether a value is right."""
        kind = kind_of(value)
        if kind == LIST:
            return self._allows(LIST) and all(self._takes_item(kind_of(item)) for item in value)
        if kind in (INT, FLOAT):
            return self._takes_number(value, kind)
        if kind == STR and self.strings:
            return value in self.strings
        return kind is None or self._allows(kind)

    def _takes_number(self, value: float, kind: str) -> bool:
        if self.least is not None and value < self.least:
            return False
        # 6 epochs computed as 12 / 2
        return self._allows(kind) or (kind == FLOAT and self._allows(INT) and value.is_integer())

    def _takes_item(self, kind: str | None) -> bool:
        return kind is None or self.items.allowed is None or kind in self.items.allowed

    def _allows(self, kind: str) -> bool:
        return self.kinds.allowed is None or kind in self.kinds.allowed

    def __str__(self) -> str:
        said = ' or '.join([*map(repr, sorted(self.strings)), *([] if self.strings else [str(self.kinds)])])
        return said + ('' if self.least is None else f' >= {self.least}')


def _names(*names: str) -> Field:
    return Field(Kinds(frozenset({STR})), strings=frozenset(names))


def _field(*kinds: str, least: float | None = None, items: tuple[str, ...] = ()) -> Field:
    return Field(Kinds(frozenset(kinds)), least, Kinds(frozenset(items)) if items else ANY)


_ANYTHING = Field()
_DICT = _field(DICT)
_FLAG = _field(BOOL)
_NUMBER = _field(FLOAT, INT)
_RUNNER = _field(STR)
_COUNT = _field(INT, least=1)
_FROM_0 = _field(INT, least=0)
_FRACTION = _field(FLOAT, INT, least=0)

LOADER: Mapping[str, Field] = {
    'batch_sampler': _field(DICT, NONE),
    'batch_size': _COUNT,
    'collate_fn': _ANYTHING,
    'dataset': _DICT,
    'disable_subprocess_warning': _FLAG,
    'drop_last': _FLAG,
    'generator': _ANYTHING,
    'in_order': _FLAG,
    'multiprocessing_context': _ANYTHING,
    'num_batch_per_epoch': _field(INT, NONE, least=1),
    'num_workers': _FROM_0,
    'persistent_workers': _FLAG,
    'pin_memory': _FLAG,
    'pin_memory_device': _field(STR),
    'prefetch_factor': _field(INT, NONE, least=1),
    'sampler': _field(DICT, NONE),
    'shuffle': _field(BOOL, NONE),
    'timeout': _FRACTION,
    'worker_init_fn': _ANYTHING,
}
LOOP: Mapping[str, Field] = {
    'by_epoch': _FLAG,
    'max_epochs': _COUNT,
    'max_iters': _COUNT,
    'val_begin': _FROM_0,
    'val_interval': _COUNT,
}
SCHEDULER: Mapping[str, Field] = {
    'T_max': _field(INT, NONE, least=1),
    'begin': _FROM_0,
    'by_epoch': _FLAG,
    'convert_to_iter_based': _FLAG,
    'end': _COUNT,
    'milestones': _field(LIST, items=(INT,)),
    'step_size': _COUNT,
}
OPTIMIZER: Mapping[str, Field] = {
    'betas': _field(LIST, items=(INT, FLOAT)),
    'lr': _FRACTION,
    'momentum': _FRACTION,
    'nesterov': _FLAG,
    'weight_decay': _FRACTION,
}
VISUALIZER: Mapping[str, Field] = {
    'name': _field(STR),
    'vis_backends': _field(LIST, DICT, NONE, items=(DICT,)),
}
DATASET: Mapping[str, Field] = {
    'data_prefix': _field(DICT, STR),
    'pipeline': _field(LIST, items=(DICT,)),
}
NORM: Mapping[str, Field] = {'requires_grad': _FLAG}
OPTIM_WRAPPER: Mapping[str, Field] = {
    'accumulative_counts': _COUNT,
    'clip_grad': _field(DICT, NONE),
    'constructor': _ANYTHING,
    'optimizer': _field(DICT),
    'paramwise_cfg': _field(DICT, NONE),
}
CLIP: Mapping[str, Field] = {'max_norm': _FRACTION, 'norm_type': _NUMBER, 'clip_value': _FRACTION}
# what the constructors of MMEngine and of the libraries read of every parameter group
CUSTOM_KEY: Mapping[str, Field] = {'lr_mult': _NUMBER, 'decay_mult': _NUMBER}
PARAMWISE: Mapping[str, Field] = {
    'bias_decay_mult': _NUMBER,
    'bias_lr_mult': _NUMBER,
    'bypass_duplicate': _FLAG,
    'custom_keys': _DICT,
    'dcn_offset_lr_mult': _NUMBER,
    'dwconv_decay_mult': _NUMBER,
    'flat_decay_mult': _NUMBER,
    'norm_decay_mult': _NUMBER,
}
# what detectors and segmentors read of their train_cfg and test_cfg, at any depth
PHASE: Mapping[str, Field] = {
    'allowed_border': _NUMBER,
    'assigner': _field(DICT, NONE),
    'augments': _field(DICT, LIST),
    'debug': _FLAG,
    'mask_size': _ANYTHING,
    'mask_thr_binary': _NUMBER,
    'max_per_img': _field(INT),
    'min_bbox_size': _NUMBER,
    'mode': _field(STR),
    'nms': _field(DICT, NONE),
    'nms_pre': _field(INT),
    'pos_weight': _NUMBER,
    'probs': _field(LIST, NONE),
    'sampler': _field(DICT, NONE),
    'score_thr': _NUMBER,
}
EVERY_PHASE = frozenset({'debug', 'pos_weight'})  # which detectors' configs hold everywhere, whoever reads it
_ANCHORS = frozenset({'allowed_border', 'assigner', 'sampler'})
# which configs of detectors without anchors inherit, and what classifiers give to the mixing of batches
INHERITED: Mapping[tuple[str, ...], frozenset[str]] = {
    ('train_cfg',): _ANCHORS | {'augments', 'probs'},
    ('train_cfg', 'rpn'): _ANCHORS,
}
FILES = _field(STR)  # of data sets, in their data_prefix
RUNTIME: Mapping[str, Field] = {
    **dict.fromkeys(('bad_steps', 'checkpoint', 'live', 'scalars', 'summary', 'waiting'), _field(DICT, NONE)),
    'channels_last': _field(BOOL, NONE),
    **dict.fromkeys(('compiled', 'fast', 'new_schedule'), _FLAG),
    'total_batch_size': _field(INT, NONE, least=1),
}
DEFAULT_HOOKS: Mapping[str, Field] = {
    'checkpoint': _field(DICT, NONE),
    'early_stopping': _field(DICT),
    'logger': _field(DICT, NONE),
    'param_scheduler': _field(DICT, NONE),
    'runtime_info': _field(DICT, NONE),
    'sampler_seed': _field(DICT, NONE),
    'timer': _field(DICT, NONE),
    'visualization': _field(DICT),
}
OWN_HOOK = _DICT  # of default_hooks, under a name of its own
ENVIRONMENT: Mapping[str, Field] = {
    'cudnn_benchmark': _FLAG,
    'dist_cfg': _DICT,
    'mp_cfg': _DICT,
    'resource_limit': _COUNT,
}
PROCESSES: Mapping[str, Field] = {
    'backend': _field(STR),
    'mp_start_method': _names('fork', 'spawn', 'forkserver'),
}
_LEVEL = Field(
    Kinds(frozenset({STR, INT})),
    strings=frozenset({'NOTSET', 'DEBUG', 'INFO', 'WARN', 'WARNING', 'ERROR', 'CRITICAL', 'FATAL'}),
)
AT_TOP: Mapping[str, Mapping[str, Field]] = {
    'auto_scale_lr': {'base_batch_size': _COUNT, 'enable': _FLAG},
    'randomness': {'deterministic': _FLAG, 'diff_rank_seed': _FLAG, 'seed': _field(INT, NONE, least=0)},
}
# the values at the top of a config that are no dicts, or no dicts alone
TOP: Mapping[str, Field] = {
    'auto_scale_lr': _field(DICT, NONE),
    'custom_hooks': _field(LIST, NONE, items=(DICT,)),
    'data_preprocessor': _field(DICT, NONE),
    'default_hooks': _field(DICT, NONE),
    'default_scope': _field(STR, NONE),
    'env_cfg': _DICT,
    'experiment_name': _field(STR, NONE),
    'find_unused_parameters': _FLAG,
    'launcher': _names('none', 'pytorch', 'slurm', 'mpi'),
    'load_from': _field(STR, NONE),
    'log_level': _LEVEL,
    'log_processor': _field(DICT, NONE),
    'model': _DICT,
    'model_wrapper_cfg': _field(DICT, NONE),
    'optim_wrapper': _field(DICT, NONE),
    'param_scheduler': _field(DICT, LIST, NONE, items=(DICT,)),
    'randomness': _DICT,
    'resume': _FLAG,
    'runner_type': _RUNNER,
    'runtime_cfg': _field(DICT, NONE),
    'test_cfg': _field(DICT, NONE),
    'test_dataloader': _field(DICT, NONE),
    'test_evaluator': _field(DICT, LIST, NONE, items=(DICT,)),
    'train_cfg': _field(DICT, NONE),
    'train_dataloader': _field(DICT, NONE),
    'tta_model': _field(DICT, NONE),
    'tta_pipeline': _field(LIST, NONE, items=(DICT,)),
    'val_cfg': _field(DICT, NONE),
    'val_dataloader': _field(DICT, NONE),
    'val_evaluator': _field(DICT, LIST, NONE, items=(DICT,)),
    'visualizer': _field(DICT, NONE),
    'work_dir': _field(STR, NONE),
}


def check_values(path: str, node: Mapping, known: Mapping[str, Field]) -> Iterator[Finding]:
    """Check the values of the keys that are known."""
    for name, value in node.items():
        if name in known and not known[name].takes(value):
            where = f'{path}.{name}' if path else name
            yield Finding(FAIL, where, f'must be {known[name]}, got {shown(value)}')


def check_fields(path: str, node: Mapping, known: Mapping[str, Field]) -> Iterator[Finding]:
    """Check the keys of a dict of which no others are read, and their values."""
    for name in node:
        if name not in known:
            yield unread(f'{path}.{name}', known)
    yield from check_values(path, node, known)


def check_required(path: str, node: Mapping, needed: Iterable[str]) -> Iterator[Finding]:
    """Check that a dict has the keys that are always read."""
    for name in sorted(set(needed) - node.keys()):
        where = f'{path}.{name}' if path else name
        yield Finding(FAIL, path or name, f'it needs {name!r}, which is not set', f'set {where}')


def unread(where: str, known: Iterable[str]) -> Finding:
    """What is said of a key that nothing reads, at a place where all keys are known."""
    return Finding(FAIL, where, 'nothing reads this key', suggestion(where.rpartition('.')[2], known))


def nearest(name: str, known: Iterable[str], least: float) -> str:
    """'did you mean ...?' for a name that is near a known one, whatever is in capitals; else ''."""
    by_letters = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), by_letters, 1, least)
    return f'did you mean {by_letters[near[0]]!r}?' if near else ''


@cache  # of few names, which all come again with every config
def slips(given: str, meant: str) -> int:
    """How many letters are one too many, missing, wrong or exchanged with their neighbour.

    >>> slips('modles', 'model')
    2
    """
    rows = [list(range(len(meant) + 1))]
    for row, letter in enumerate(given, 1):
        costs = [row]
        for column, other in enumerate(meant, 1):
            cost = min(rows[-1][column] + 1, costs[-1] + 1, rows[-1][column - 1] + (letter != other))
            if row > 1 and column > 1 and given[row - 2 : row] == meant[column - 2 : column][::-1]:
                cost = min(cost, rows[-2][column - 2] + 1)
            costs.append(cost)
        rows.append(costs)
    return rows[-1][-1]


def shown(value: object) -> str:
    """A value as a message shows it."""
    short = reprlib.Repr()
    short.maxstring = 60
    return short.repr(value)
