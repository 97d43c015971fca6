"""What machines may ask of voice: webhooks of the provider, and calls to read."""
