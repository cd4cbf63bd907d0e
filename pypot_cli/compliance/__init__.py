"""What the compliance desk does by command: cases, moderation, exports, retention."""
