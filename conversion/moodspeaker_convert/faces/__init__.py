"""The pictures: where they come from, what they show, and which of them may train."""
