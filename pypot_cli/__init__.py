"""Community Pots: the command line, the orchestrator, the signer and the verifier."""
