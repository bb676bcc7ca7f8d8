"""What a network is measured as, and how. Imports no torch."""

from dataclasses import dataclass

from mmchan.measure.latencies import device_name
from mmchan.measure.machine import cpu_model

EAGER = 'eager'
RUNTIMES = (EAGER, 'folded', 'compiled', 'onnx', 'openvino')
FP32, BF16, INT8 = PRECISIONS = ('fp32', 'bf16', 'int8')


@dataclass(frozen=True)
class Form:
    """What a network is measured as.

    Attributes:
        runtime: What computes, of RUNTIMES.
        precision: Of the arithmetic, of PRECISIONS.
        batch: Images at once.
    """

    runtime: str
    precision: str
    batch: int

    def __str__(self) -> str:
        return f'{self.runtime} {self.precision} batch {self.batch}'


@dataclass(frozen=True)
class Settings:
    """How latencies are measured.

    Attributes:
        threads: That compute.
        rounds: Readings of each.
        device: Name of the machine; None takes that of the CPU.
    """

    threads: int
    rounds: int = 15
    device: str | None = None

    @property
    def device_name(self) -> str:
        """How records name the machine."""
        return self.device or device_name(cpu_model(), self.threads)
