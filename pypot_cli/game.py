"""The domain of this product's own hashes and signatures (contract, section 5)."""

GAME = "pots"
