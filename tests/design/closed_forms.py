"""The laws of the papers' parameters in closed form, apart from the package's, and the test on them."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from scipy import stats

LEAST_EXPECTED = 8  # draws in a cell of the chi-square test; rarer values are put together
LEAST_P = 1e-4  # of a test that a correct law fails once in ten thousand seeds; the seeds are fixed


def log_uniform(low: float, high: float, quantum: float) -> dict[float, float]:
    """log(v / (v - q)) / log(high / begin), where the least value's cell begins at low - min(q, low / 2)."""
    begin = low - min(quantum, low / 2)
    values = [low + quantum * step for step in range(round((high - low) / quantum) + 1)]
    whole = math.log(high / begin)
    law = {value: math.log(value / (value - quantum)) / whole for value in values[1:]}
    return {low: math.log(low / begin) / whole, **law}


def uniform(low: float, high: float, quantum: float = 1) -> dict[float, float]:
    """All as likely."""
    number = round((high - low) / quantum) + 1
    return {low + quantum * step: 1 / number for step in range(number)}


def equal(*values: float) -> dict[float, float]:
    """All as likely."""
    return {value: 1 / len(values) for value in values}


def powers_then_log_uniform(low: int, high: int, quantum: int) -> dict[float, float]:
    """Powers below the quantum have 1 / (log2(high / low) + 1) each, log-uniform multiples the rest."""
    octaves = math.log2(high / low) + 1
    powers = [low * 2**k for k in range(20) if low * 2**k < quantum]
    above = log_uniform(max(low, quantum), high, quantum)
    left = 1 - len(powers) / octaves
    return {**dict.fromkeys(powers, 1 / octaves), **{value: left * share for value, share in above.items()}}


WIDTH = log_uniform(8, 1024, 8)
DEPTH = log_uniform(1, 16, 1)
RATIO = equal(1, 0.5, 0.25)
GROUP = equal(1, 2, 4, 8, 16, 32)


def rising_marginals(law: Mapping[float, float], length: int) -> list[dict[float, float]]:
    """The law of each of ``length`` independent draws, given that they never fall.

    That of the k-th is P(v) times the chances that those before it rise to at most v, and those behind it
    from at least v.
    """
    values, shares = zip(*sorted(law.items()), strict=True)
    shares = np.array(shares)
    rising_to, rising_from = [np.ones(len(values))], [np.ones(len(values))]
    for _ in range(length - 1):
        rising_to.append(np.array([(shares * rising_to[-1])[: at + 1].sum() for at in range(len(values))]))
        rising_from.append(np.array([(shares * rising_from[-1])[at:].sum() for at in range(len(values))]))
    rows = [shares * rising_to[at] * rising_from[length - 1 - at] for at in range(length)]
    return [dict(zip(values, (row / row.sum()).tolist(), strict=True)) for row in rows]


def p_value(drawn: Iterable, law: Mapping[float, float]) -> float:
    """Of the chi-square test that draws have a law; 0 where one is no value of it."""
    counts = Counter(np.round(np.ravel(drawn), 9).tolist())
    expected = {round(value, 9): share * counts.total() for value, share in law.items()}
    if counts.keys() - expected.keys():
        return 0.0
    pairs = sorted((share, counts[value]) for value, share in expected.items())
    cells, cell = [], [0.0, 0]
    for share, count in pairs:  # from the rarest on
        cell = [cell[0] + share, cell[1] + count]
        if cell[0] >= LEAST_EXPECTED:
            cells.append(cell)
            cell = [0.0, 0]
    cells[-1] = [cells[-1][0] + cell[0], cells[-1][1] + cell[1]]
    shares, observed = zip(*cells, strict=True)
    return stats.chisquare(observed, shares).pvalue if len(cells) > 1 else 1.0


def same_law(one: np.ndarray, other: np.ndarray) -> float:
    """The p-value of the chi-square test that two samples have one law."""
    values = np.unique(np.concatenate([np.ravel(one), np.ravel(other)]))
    table = np.array([[(sample == value).sum() for value in values] for sample in (one, other)])
    rare = table.sum(axis=0) < 4 * LEAST_EXPECTED
    cells = np.concatenate([table[:, ~rare], table[:, rare].sum(axis=1, keepdims=True)], axis=1)
    return stats.chi2_contingency(cells[:, cells.sum(axis=0) > 0]).pvalue


def independent_log_uniform(
    low: float, high: float, quantum: float, rng: np.random.Generator, shape: tuple[int, ...]
) -> np.ndarray:
    """Draws by exponentials, rounded up: how the paper's tool draws, not how ours does."""
    logarithm = rng.uniform(math.log(low - min(quantum, low / 2)), math.log(high), shape)
    return np.ceil(np.exp(logarithm) / quantum) * quantum
