"""What is spoken at one kind of receiver: one module per dialect, chosen by the kind of the connection."""
