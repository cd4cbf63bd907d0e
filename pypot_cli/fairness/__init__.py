"""What makes a draw fair and checkable, whichever game is played: bytes, trees and signatures.

Pure functions with no database and no product in them. `game` is the domain that keeps the hashes
of one game apart from those of every other.
"""
