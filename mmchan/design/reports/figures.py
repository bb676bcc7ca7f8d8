"""The figures of a report: which numbers stand on which axis."""

from collections.abc import Callable, Mapping, Sequence

from mmchan.design.reports.parameters import COSTS
from mmchan.drawing.pictures import Dots, Line, Picture, Span

ERROR, WIDTH = 'error (%)', 'width (channels)'
MANY_TIMES = 20  # greatest over least value, from which on an axis is logarithmic
Numbers = Mapping[str, object]


def figures(numbers: Numbers) -> dict[str, list[Picture]]:
    """All figures of a report by its sections.

    Args:
        numbers: What :func:`mmchan.design.reports.numbers.numbers` found.
    """
    spaces = list(enumerate(numbers['spaces']))
    found = {
        'edf': [_edf(spaces, numbers), _normalised(spaces, numbers)],
        'search': [_search(spaces)],
        'parameters': [_parameter(name, spaces) for name in _names(spaces)],
        'fit': [_fit(spaces)],
        'blocks': [_blocks(number, space) for number, space in spaces if space['typical']],
        'tenths': [_tenths(number, space) for number, space in spaces if space['tenths']],
        'curves': [_curves(spaces), *(_typical(one, space) for one, space in spaces if space['typical'])],
    }
    return {section: [one for one in pictures if one.layers] for section, pictures in found.items()}


Spaces = Sequence[tuple[int, Numbers]]


def _edf(spaces: Spaces, numbers: Numbers) -> Picture:
    title = (
        f'Share of networks whose error is below a value, with bands that hold the whole curve of each space '
        f'with a confidence of {100 * numbers["confidence"]:g} %'
    )
    return _distribution('edf', title, 'share of networks', spaces)


def _normalised(spaces: Spaces, numbers: Numbers) -> Picture:
    bins = len(numbers['bins']['edges']) - 1
    title = (
        f'Normalised EDF: the share of networks below an error, in which each of {bins} bins of '
        f'{title_of(numbers["complexity"])} counts the same'
    )
    return _distribution('normalised', title, 'share of networks, normalised', spaces)


def _distribution(name: str, title: str, y_title: str, spaces: Spaces) -> Picture:
    having = [(number, space) for number, space in spaces if space[name]]
    limits = _range(having)
    layers = [stair(number, space['name'], space[name], limits[1]) for number, space in having]
    return Picture(name, title, ERROR, y_title, layers, percent='x', y_limits=(0, 1), x_limits=limits)


def stair(number: int, space: str, found: Numbers, end: float | None) -> Line:
    """An EDF with its band.

    From the floor at the first error; each share holds from its error on, the last one up to the end.

    Args:
        number: Of the space, which chooses its colour.
        space: Its name.
        found: What :func:`mmchan.design.reports.distributions.distribution` says.
        end: Where the axis ends; None where the errors do.
    """
    errors = found['errors']
    more = 1 if end is not None and end > errors[-1] else 0
    x = [errors[0], *errors, *[end] * more]
    y, low, high = ([0, *found[one], *found[one][-1:] * more] for one in ('shares', 'low', 'high'))
    name = f'{space} ({found["networks"]})'
    return Line(name, number, x, y, low, high, steps='post', dash=number // 7)


def _range(spaces: Spaces) -> tuple[float | None, float | None]:
    """The least and the greatest error of what was trained: failed networks would squeeze all others."""
    errors = [one['error'] for _, space in spaces for one in _trained(space)[1]]
    return (min(errors), max(errors)) if errors and min(errors) < max(errors) else (None, None)


def _trained(space: Numbers) -> tuple[list[int], list[Numbers]]:
    """Places of the networks that did not fail, and these."""
    chosen = [(place, one) for place, one in enumerate(space['networks']) if one['failed'] < one['trials']]
    return [place for place, _ in chosen], [one for _, one in chosen]


def _search(spaces: Spaces) -> Picture:
    found = [(number, space, space['search']) for number, space in spaces if space['search']]
    layers = [
        Line(
            space['name'],
            number,
            one['draws'],
            one['expected'],
            one['low'],
            one['high'],
            marks=True,
            dash=number // 7,
        )
        for number, space, one in found
    ]
    title = 'Expected error of the best of some random networks, and where 95 % of such searches end'
    return Picture('search', title, 'networks drawn', ERROR, layers, x_scale='log2', percent='y')


def _names(spaces: Spaces) -> list[str]:
    """Parameters of any space, costs last."""
    names = [name for _, space in spaces for name in _first(space)]
    return [
        *(name for name in dict.fromkeys(names) if name not in COSTS),
        *(one for one in COSTS if one in names),
    ]


def _parameter(name: str, spaces: Spaces) -> Picture:
    having = [(number, space) for number, space in spaces if name in _first(space)]
    layers = [_dots(number, space, lambda one: one['values'][name]) for number, space in having]
    x = [value for layer in layers for value in layer.x]
    return Picture(
        f'parameter-{name.replace(" ", "-").replace("_", "-")}',
        f'Error against {title_of(name)}',
        title_of(name),
        ERROR,
        [*_spans(name, having), *layers],
        x_scale='log' if _wide(x) else 'linear',
        percent='y',
        whole=name not in COSTS and all(value == int(value) for value in x),
        large=name in COSTS,
    )


def _first(space: Numbers) -> Numbers:
    """The parameters of a space's first network, which all of its networks have; none where it has none."""
    return space['networks'][0]['values'] if space['networks'] else {}


def _spans(name: str, spaces: Spaces) -> list[Span]:
    found = [(number, space['parameters'][name]) for number, space in spaces if space['parameters']]
    return [Span(number, best['low'], best['median'], best['high']) for number, best in found]


def _wide(x: Sequence[float]) -> bool:
    """Whether an axis of these values is better logarithmic."""
    return bool(x) and min(x) > 0 and max(x) / min(x) >= MANY_TIMES


def title_of(name: str) -> str:
    """A parameter for people.

    >>> title_of('group_widths 2'), title_of('macs')
    ('group widths, stage 2', 'MACs')
    """
    word, _, stage = name.partition(' ')
    word = 'MACs' if word == 'macs' else word.replace('_', ' ')
    return f'{word}, stage {stage}' if stage else word


def _dots(number: int, space: Numbers, x_of: Callable[[Numbers], float]) -> Dots:
    places, networks = _trained(space)
    spread = [one['spread'] or 0 for one in networks]
    return Dots(
        space['name'],
        number,
        [x_of(one) for one in networks],
        [one['error'] for one in networks],
        places,
        spread if any(spread) else (),
    )


def _fit(spaces: Spaces) -> Picture:
    layers = [_dots(number, space, lambda one: one['fit']) for number, space in spaces if space['networks']]
    title = 'How far widths per block are from the nearest quantised line'
    return Picture('fit', title, 'fitting error, mean |ln|', ERROR, layers, percent='y')


KINDS = ('best', 'median', 'worst')
GROUPS = ('best', 'middle', 'worst')


def _blocks(number: int, space: Numbers) -> Picture:
    found = [(dash, space['typical'][kind]) for dash, kind in enumerate(KINDS)]
    layers = [
        _widths(f'{KINDS[dash]}, {100 * one["error"]:.3g} %', number, one['widths'], dash)
        for dash, one in found
    ]
    title = f'{space["name"]}: widths per block of the best, the median and the worst network'
    return _per_block(f'blocks-{number}', title, layers)


def _tenths(number: int, space: Numbers) -> Picture:
    found = [(dash, space['tenths'][group]) for dash, group in enumerate(GROUPS)]
    layers = [
        _widths(f'{GROUPS[dash]} tenth, {100 * one["mean"]:.3g} %', number, one['widths'], dash)
        for dash, one in found
    ]
    title = f'{space["name"]}: mean widths per block of the best, the middle and the worst tenth'
    return _per_block(f'tenths-{number}', title, layers)


def _widths(name: str, number: int, widths: Sequence[float], dash: int) -> Line:
    return Line(name, number, range(len(widths)), widths, steps='mid', dash=dash)


def _per_block(name: str, title: str, layers: Sequence[Line]) -> Picture:
    return Picture(name, title, 'block', WIDTH, layers, whole=True, y_limits=(0, None))


def _curves(spaces: Spaces) -> Picture:
    found = [(number, space, space['curves']) for number, space in spaces if space['curves']['epochs']]
    layers = [
        Line(space['name'], number, one['epochs'], one['median'], one['low'], one['high'], dash=number // 7)
        for number, space, one in found
    ]
    title = 'Median error by epoch, and where the middle eight tenths of the networks are'
    return Picture('curves', title, 'epoch', ERROR, layers, percent='y', whole=True)


def _typical(number: int, space: Numbers) -> Picture:
    layers = [_curve(kind, number, space['typical'][kind]['curve'], dash) for dash, kind in enumerate(KINDS)]
    title = f'{space["name"]}: learning curves of the best, the median and the worst network'
    return Picture(f'curves-{number}', title, 'epoch', ERROR, layers, percent='y', whole=True)


def _curve(kind: str, number: int, curve: Sequence[float | None], dash: int) -> Line:
    there = [(epoch, error) for epoch, error in enumerate(curve, start=1) if error is not None]
    return Line(kind, number, *zip(*there, strict=True), dash=dash)
