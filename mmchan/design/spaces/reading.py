"""Populations from the files that they are written to."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mmchan.channels import Family, find_family
from mmchan.design.spaces.network import Realised, network_id
from mmchan.design.spaces.population import COSTS, FORMAT, STAGES, Drawn, Population, stage_columns
from mmchan.design.spaces.space import Space
from mmchan.errors import InputError, require


def read(path: str | Path) -> Population:
    """A population from a file that :meth:`Population.write` has written.

    Args:
        path: The file.

    Raises:
        InputError: For a file that is none, a family that is not installed, or a row whose network is not
            the one that it was when it was written.
    """
    path = Path(path)
    heading, *rows = _lines(path)
    _check_heading(path, heading)
    family = find_family(heading['family'])
    archs = [{name: value for name, value in row['arch'].items() if name != 'family'} for row in rows]
    for number, (row, arch) in enumerate(zip(rows, archs, strict=True), start=2):
        _check_network(f'{path}, line {number}', network_id(family.build_plan(arch)), row['id'])
    common = {name: value for name, value in archs[0].items() if name not in heading['varying']}
    varying = {name: _array(family, name, archs) for name in heading['varying']}
    return Population(
        family=family.name,
        arguments={**common, **varying},
        measured={name: np.array([row[name] for row in rows], dtype=float) for name in heading['measured']},
        space=heading['space'] and Space.from_config(heading['space']),
        seed=heading['seed'],
        drawn=heading['drawn'] and Drawn(**heading['drawn']),
        **_columns(rows),
    )


def _check_heading(path: Path, heading: object) -> None:
    if not isinstance(heading, dict) or heading.get('mmchan') != 'population':
        raise InputError(f'{path} must be a population, as its first line says; Population.write makes one')
    require(heading['format'] == FORMAT, f'format of {path}', str(FORMAT), heading['format'])


def _check_network(where: str, found: str, wanted: str) -> None:
    if found != wanted:
        raise InputError(f'{where}: its arch is the network {found}, not {wanted}; draw it again')


def _lines(path: Path) -> list[dict]:
    try:
        text = path.read_text(encoding='utf-8')
        lines = [json.loads(line) for line in text.splitlines()]
    except (OSError, ValueError) as error:
        raise InputError(f'{path} cannot be read as JSON Lines: {error}') from error
    require(len(lines) > 1, str(path), 'a population: a first line that says so, and networks', lines)
    return lines


def _columns(rows: Sequence[Mapping]) -> dict[str, np.ndarray]:
    networks = [Realised(row['id'], *(tuple(row[name]) for name in STAGES)) for row in rows]
    costs = {name: np.array([row[name] for row in rows], dtype=np.int64) for name in COSTS}
    return {**costs, **stage_columns(networks)}


def _array(family: Family, name: str, archs: Sequence[Mapping]) -> np.ndarray:
    """One parameter of all networks."""
    values = [arch[name] for arch in archs]
    if family.parameter[name].per_stage:
        rows = [row or () for row in values]
        longest = max(map(len, rows))
        return np.array([[*row, *[np.nan] * (longest - len(row))] for row in rows], dtype=float)
    if any(isinstance(value, str) for value in values):
        return np.array(values)
    return np.array([np.nan if value is None else value for value in values], dtype=float)
