#!/usr/bin/env bash
# Test on several GPUs (or CPU processes): dist_test.sh CONFIG CHECKPOINT GPUS [OPTIONS OF test.py]
# From the environment: NNODES, NODE_RANK, MASTER_ADDR, PORT, PYTHON.
set -euo pipefail

if [ $# -lt 3 ]; then
    sed -n '2,3s/^# //p' "$0" >&2
    exit 2
fi
tools=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
config=$1 checkpoint=$2 gpus=$3
shift 3

PYTHONPATH="$tools/..${PYTHONPATH:+:$PYTHONPATH}" exec "${PYTHON:-python}" -m torch.distributed.run \
    --nnodes="${NNODES:-1}" \
    --node-rank="${NODE_RANK:-0}" \
    --master-addr="${MASTER_ADDR:-127.0.0.1}" \
    --master-port="${PORT:-29500}" \
    --nproc-per-node="$gpus" \
    "$tools/test.py" "$config" "$checkpoint" --launcher pytorch "$@"
