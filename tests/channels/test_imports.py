"""channels/ stands alone."""

import json
import subprocess
import sys

import pytest

PROBE = """
import json, sys, time
start = time.perf_counter()
import {module}
seconds = time.perf_counter() - start
print(json.dumps({{'seconds': seconds, 'modules': sorted(sys.modules)}}))
"""


@pytest.mark.parametrize('module', ['mmchan', 'mmchan.channels'])
def test_import_is_light(module):
    probe = [sys.executable, '-c', PROBE.format(module=module)]
    runs = [json.loads(subprocess.run(probe, capture_output=True, check=True).stdout) for _ in range(3)]
    roots = {name.partition('.')[0] for name in runs[0]['modules']}
    assert not roots & {'torch', 'mmengine', 'mmcv', 'numpy', 'matplotlib', 'click'}
    # 20 ms on an idle core; the best of three, because the machine may be busy
    assert min(run['seconds'] for run in runs) < 0.15
