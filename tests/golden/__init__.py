"""Published facts, one JSON file per family."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent
REGNET = json.loads((FOLDER / 'regnet.json').read_text())
REXNET = json.loads((FOLDER / 'rexnet.json').read_text())
EFFICIENTNET_LITE = json.loads((FOLDER / 'efficientnet_lite.json').read_text())
EFFICIENTNET = json.loads((FOLDER / 'efficientnet.json').read_text())
MOBILENET_V2 = json.loads((FOLDER / 'mobilenet_v2.json').read_text())

# variant -> parameters with 1000 classes, of all families
PARAMETERS = {row['name'].lower(): row['params'] for row in REGNET}
for path in FOLDER.glob('*.json'):
    content = json.loads(path.read_text())
    PARAMETERS.update(content['parameters'] if isinstance(content, dict) and 'parameters' in content else {})
