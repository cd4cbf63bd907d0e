/** The domain of this product's own hashes and signatures. */
export const GAME = "pots";
