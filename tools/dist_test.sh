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

# the first of several machines is the one where all meet; on a single one any free port does
meet=(--standalone)
if [ "${NNODES:-1}" != 1 ] || [ -n "${PORT:-}" ]; then
    meet=(--nnodes="${NNODES:-1}" --node-rank="${NODE_RANK:-0}"
        --master-addr="${MASTER_ADDR:-127.0.0.1}" --master-port="${PORT:-29500}")
fi

PYTHONPATH="$tools/..${PYTHONPATH:+:$PYTHONPATH}" exec "${PYTHON:-python}" -m torch.distributed.run \
    "${meet[@]}" \
    --nproc-per-node="$gpus" \
    "$tools/test.py" "$config" "$checkpoint" --launcher pytorch "$@"
