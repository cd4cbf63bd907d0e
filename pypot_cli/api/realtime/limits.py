"""What one client may use of the server, and what it may make the server keep."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds. The defaults are near those of a hosted project."""

    frame_bytes: int = 1024 * 1024
    """A longer frame closes the socket with 1009."""
    frames_a_second: int = 200
    """More of them, but for twice as many at once, close the socket with 1008."""
    channels: int = 100
    """Channels of one socket."""
    topic_bytes: int = 512
    presence_bytes: int = 10 * 1024
    """What one client tells of itself, as JSON."""
    presences_a_second: int = 10
    """Changes of presence of one channel; more, but for twice as many at once, close it."""
    queue_frames: int = 2000
    queue_bytes: int = 8 * 1024 * 1024
    """What may wait for one client: beyond either the socket is dropped."""
    idle_seconds: float = 75.0
    """A socket that sends nothing, not even its heartbeat (every 25 s), is closed."""
    feed_seconds: float = 5.0
    """How long a join waits for the stream of the database's messages to be there."""


class Bucket:
    """A token bucket: `rate` a second, and twice that at once."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._left = 2.0 * rate
        self._at = time.monotonic()

    def take(self) -> bool:
        """Takes one; False when there is none."""
        now = time.monotonic()
        self._left = min(2.0 * self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
