"""What a run found, as numbers and as one line."""

from dataclasses import dataclass, field


@dataclass
class Figures:
    """`wanted_*` is what was done to the calls; of the rest all but gaps and turns must be 0."""

    kills: int = 0
    freezes: int = 0
    cuts: int = 0
    taken_over: int = 0
    gaps_of_takeovers: int = 0
    gaps_of_cuts: int = 0
    turns: int = 0
    rows_by_owners: int = 0
    rows_by_stale: int = 0
    stale_tables: tuple[str, ...] = ()
    holes: int = 0
    doubled: int = 0
    tools_twice: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def takeovers(self) -> int:
        return self.kills + self.freezes

    def faults(self) -> list[str]:
        found = {
            "a takeover did not happen": self.takeovers - self.taken_over,
            "gaps of takeovers not told": self.takeovers - self.gaps_of_takeovers,
            "gaps of cut sockets not told": self.cuts - self.gaps_of_cuts,
            f"rows of stale owners in {', '.join(self.stale_tables)}": self.rows_by_stale,
            "silent holes": self.holes,
            "doubled lines": self.doubled,
            "tools answered twice": self.tools_twice,
            "the witness saw no owner write": int(not self.rows_by_owners),
        }
        return [f"{what}: {count}" for what, count in found.items() if count] + self.broken

    def words(self) -> str:
        return (
            f"takeovers: {self.kills} SIGKILL, {self.freezes} SIGSTOP, {self.taken_over} taken over,"
            f" {self.gaps_of_takeovers} gaps told · rows by owners {self.rows_by_owners},"
            f" by stale owners {self.rows_by_stale} · cut sockets: {self.cuts},"
            f" {self.gaps_of_cuts} gaps told · turns {self.turns}, silent holes {self.holes},"
            f" doubled lines {self.doubled}, tools answered twice {self.tools_twice}"
        )
