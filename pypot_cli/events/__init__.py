"""What leaves the database: the kinds of events and their schemas, reading, and export."""
