"""What a network is measured as, and how. Imports no torch."""

from dataclasses import dataclass

from mmchan.measure.latencies import device_name
from mmchan.measure.machine import cpu_model

EAGER = 'eager'
ROUNDS = 15  # readings of each
LEAST_SECONDS = 0.02  # of a reading: what is shorter is repeated
FP32, BF16, INT8 = PRECISIONS = ('fp32', 'bf16', 'int8')


@dataclass(frozen=True)
class Form:
    """What a network is measured as.

    Attributes:
        runtime: What computes, a key of :data:`mmchan.deploy.runtimes.RUNTIMES`; None for what a file's
            suffix says, and eager PyTorch for what is no file.
        precision: Of the arithmetic, of PRECISIONS; None for that of a file, and fp32 for what is none.
        batch: Images at once.
    """

    runtime: str | None
    precision: str | None
    batch: int

    def __str__(self) -> str:
        return ' '.join(filter(None, (self.runtime, self.precision, f'batch {self.batch}')))


@dataclass(frozen=True)
class Settings:
    """How latencies are measured.

    Attributes:
        threads: That compute.
        rounds: Readings of each.
        device: Name of the machine; None takes that of the CPU.
    """

    threads: int
    rounds: int = ROUNDS
    device: str | None = None

    @property
    def device_name(self) -> str:
        """How records name the machine."""
        return self.device or device_name(cpu_model(), self.threads)
