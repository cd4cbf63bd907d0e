"""The audit log outside the database: checkpoints signed, cosigned, published and verified.

The database keeps every audit row as a leaf of one log (RFC 6962) and proves what it says of it;
whoever owns it could still replace all of it. So its checkpoints are kept elsewhere: by files,
directories and addresses of the operator's, and by witnesses of other parties, who cosign only what
continues what they saw before.
"""
