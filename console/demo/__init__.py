"""What the demo shows: two businesses, their people, and the calls that they get."""
