"""What the tests share: servers, databases, callers, and the programs of other packages."""
