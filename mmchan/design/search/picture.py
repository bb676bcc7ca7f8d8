"""What the picture of a search shows."""

from collections.abc import Mapping

import numpy as np

from mmchan.design.search.outcome import SearchOutcome
from mmchan.drawing.search import SearchPicture


def picture_of(outcome: SearchOutcome, told: Mapping) -> SearchPicture:
    """Errors in the order of the search; widths of the tenths and of the conventions.

    Args:
        outcome: Of the search.
        told: Its numbers, as :func:`mmchan.design.search.outcome.numbers` gives them.
    """
    errors = outcome.searched.errors
    tenths = {name: group['mean_widths'] for name, group in told['tenths'].items()}
    return SearchPicture(
        errors=errors.tolist(),
        best_so_far=np.fmin.accumulate(errors).tolist(),
        tenths={name: widths for name, widths in tenths.items() if widths is not None},
        conventions={
            one['name']: (one['widths'], one['error'])
            for one in told['conventions']
            if one['error'] is not None
        },
        error_title=f'error (1 - {told["objective"]}) after {told["epochs"]} epochs',
    )
