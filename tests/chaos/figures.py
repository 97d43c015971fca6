"""What a run injected and what it found."""

from dataclasses import dataclass, field


@dataclass
class Figures:
    kills: int = 0
    pauses: int = 0
    stops: int = 0
    proofs: int = 0
    redis: int = 0
    postgres: int = 0
    receiver: int = 0
    effects: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    unknown: int = 0
    unresolvable: list[str] = field(default_factory=list)
    points: int = 0
    flows: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    races: int = 0
    winners: int = 0
    slowest_approval_s: float = 0.0
    broken: list[str] = field(default_factory=list)

    def clean(self) -> bool:
        wrong = (self.lost, self.doubled, self.stuck, self.unresolvable, self.broken)
        return not any(wrong) and self.races == self.winners

    def words(self) -> str:
        injected = self.kills + self.pauses + self.redis + self.postgres + self.receiver
        by_class = ", ".join(f"{name} {count}" for name, count in sorted(self.effects.items()))
        return (
            f"faults: {injected:,} injected ({self.kills} SIGKILL, {self.pauses} pauses,"
            f" {self.stops} stops by an admin, {self.proofs} late proofs, {self.redis} Redis, {self.postgres} Postgres, {self.receiver} receiver)"
            f" · crash points {self.points} · effects {sum(self.effects.values())} ({by_class})"
            f" · effects lost {len(self.lost)} · effects duplicated {len(self.doubled)}"
            f" · stuck {len(self.stuck)} · unknown {self.unknown},"
            f" {'all resolvable' if not self.unresolvable else 'NOT ALL RESOLVABLE'}"
            f" · approval races {self.races}, single winners {self.winners}"
            f" · slowest approval without Redis {self.slowest_approval_s * 1000:.0f} ms"
            f" · invariants broken {len(self.broken)}"
        )

    def faults(self) -> list[str]:
        """Where it went wrong, a line each."""
        return [
            f"{name}: {one}"
            for name in ("lost", "doubled", "stuck", "unresolvable", "broken")
            for one in getattr(self, name)[:10]
        ]
