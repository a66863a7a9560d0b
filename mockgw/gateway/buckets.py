"""Buckets: so many in so much time, in whole numbers, so that what is told of a wait is true."""

from dataclasses import dataclass, replace

from mockgw.scenario.gateway.amounts import Rate

NANOSECONDS = 10**9


def nanoseconds(seconds: float) -> int:
    """A reading of a clock as buckets count it."""
    return round(seconds * NANOSECONDS)


def full(rate: Rate, now: int) -> "Bucket":
    """A bucket as a session begins with it."""
    return Bucket(rate, now, rate.limit * rate.seconds * NANOSECONDS)


@dataclass(slots=True)
class Bucket:
    """A token bucket: filled up all the time, never below nothing or above its limit.

    Times are nanoseconds of one clock. `filled` is what there was at `since`, in parts: `whole` of them are one token,
    and `rate.limit` of them come in a nanosecond.
    """

    rate: Rate
    since: int
    filled: int

    @property
    def whole(self) -> int:
        return self.rate.seconds * NANOSECONDS

    @property
    def most(self) -> int:
        return self.rate.limit * self.whole

    def left(self, now: int) -> int:
        """The whole tokens that there are."""
        return self._refilled(now) // self.whole

    def wait(self, amount: int, now: int) -> int | None:
        """The nanoseconds until there are so many, if nobody else takes any; None if there never will be."""
        if amount > self.rate.limit:
            return None
        return -(-max(0, amount * self.whole - self._refilled(now)) // self.rate.limit)

    def until_full(self, now: int) -> int:
        """The nanoseconds until it is full again."""
        return -(-(self.most - self._refilled(now)) // self.rate.limit)

    def take(self, amount: int, now: int) -> int:
        """Take so many, or all that there are; how many were taken."""
        taken = min(amount, self.left(now))
        self.filled -= taken * self.whole
        return taken

    def give_back(self, amount: int, now: int) -> None:
        """What was taken and not used; what no longer fits is lost."""
        self.filled = min(self.most, self._refilled(now) + amount * self.whole)

    def copy(self) -> "Bucket":
        return replace(self)

    def _refilled(self, now: int) -> int:
        passed = max(0, now - self.since)
        self.since += passed
        self.filled = min(self.most, self.filled + passed * self.rate.limit)
        return self.filled
