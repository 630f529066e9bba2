"""Processors of Raspberry Pis: qemu's name, and what the kernel says of them in /proc/cpuinfo."""

from __future__ import annotations

from dataclasses import dataclass

BASE = "fp asimd evtstrm crc32 cpuid"


@dataclass(frozen=True, slots=True)
class Processor:
    """One kind of core, made by Arm."""

    name: str
    features: str
    variant: str
    part: str
    revision: int

    def cpuinfo(self, cores: int) -> str:
        """The text of /proc/cpuinfo. `cores` must be as many as /sys shows."""
        lines = (
            f"Features\t: {self.features}",
            "CPU implementer\t: 0x41",
            "CPU architecture: 8",
            f"CPU variant\t: {self.variant}",
            f"CPU part\t: {self.part}",
            f"CPU revision\t: {self.revision}",
        )
        one = "\n".join(lines)
        return "".join(f"processor\t: {number}\n{one}\n\n" for number in range(cores))


PI_4 = Processor("cortex-a72", BASE, "0x0", "0xd08", 3)
PI_5 = Processor(
    "cortex-a76",
    f"{BASE} aes pmull sha1 sha2 atomics fphp asimdhp asimdrdm lrcpc dcpop asimddp",
    "0x4",
    "0xd0b",
    1,
)
"""Its dot product instructions (asimddp) bring int8 kernels of their own."""
