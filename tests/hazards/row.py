"""What became of one case with one sender."""

from __future__ import annotations

from dataclasses import dataclass

from tests.hazards.case import Who

NOT_BROUGHT = "not brought"
BROKEN = "broken"


@dataclass(frozen=True)
class Row:
    """What became of one case. `outcome` is what ours said (of the blind sender: nothing), `log` what the log says;
    `fault` is what is wrong with that, `harm` what happened that nobody asked for; both empty where all is well.
    `said` is for who looks into it: the message, and the end of the screen. `span` is which of the log's texts were
    judged, `sent` and `maybe` by what (see compare.judge),
    `shown` the texts that should not have been there."""

    case: str
    sees: str
    who: Who
    want: tuple[str, ...]
    outcome: str = ""
    log: str = ""
    fault: str = ""
    harm: tuple[str, ...] = ()
    seconds: float = 0.0
    said: str = ""
    span: tuple[int, int] = (0, 0)
    sent: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def brought(self) -> bool:
        """Whether the pane came into the situation at all; an older client may not know it."""
        return self.outcome != NOT_BROUGHT

    @property
    def harmless(self) -> bool:
        return not self.fault and not self.harm

    @property
    def right(self) -> bool:
        return self.harmless and (self.who == "blind" or self.outcome in self.want)

    def __str__(self) -> str:
        wanted = "" if self.right or self.outcome in self.want else f"wanted {' or '.join(self.want)}"
        wrong = "; ".join(part for part in (wanted, self.fault, *self.harm) if part)
        return f"{self.case}: {self.outcome or 'sent'}, {self.log}{' ✗ ' + wrong if wrong else ''}"
