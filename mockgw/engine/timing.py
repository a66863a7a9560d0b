"""Timing: how a session's answers are slowed down or hastened, whatever their script says."""

from dataclasses import replace

from mockgw.delivery.encoded import Encoded
from mockgw.delivery.pacing import Pace
from mockgw.engine.decide import Decision
from mockgw.values import light


@light
class Timing:
    """What is added before the first byte (seconds), a pace instead of the script's, and a time scale; None is none."""

    delay: float = 0.0
    pace: Pace | None = None
    time_scale: float | None = None

    def applied(self, decision: Decision) -> Decision:
        """The same answer at other moments."""
        delay = decision.delay + self.delay
        if self.pace is None or decision.content is None:
            return replace(decision, delay=delay)
        content = Encoded(decision.content.content, decision.content.exact, self.pace)
        return replace(decision, delay=delay, content=content, pace=self.pace)
