"""World `wild`: what operators of games and promotions tell of their traffic, pots of every shape.

Pots of six kinds (`kinds`) open by the hour of the day, under either draw (`pots`). Whoever sits
down to play picks a pot that is open then and goes on to others, so who meets whom follows from
habits (`world`): when somebody plays, for how much, and where. Groups meet besides (`crowds`: fans
on a streamer's call, clubs, families at one table, colleagues in a break).

Against the rules play rings (`rings`). A ring wants more of a pot than the cap allows one player,
or knows the seed of a pot of draw 1 and comes last with a computed number of tickets (`raids`).
What ties its accounts is what it is made of (`hideouts`): one home, one handset, rented proxies, a
shelf of emulators, people who were hired. Size, pace, appetite and care are drawn anew for each
ring (`styles`).
"""

from pypot_cli.fraud.wild.rings import write
from pypot_cli.fraud.wild.styles import NAMES

__all__ = ["NAMES", "write"]
