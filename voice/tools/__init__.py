"""Tools of the model: one file each, registered by `tool_types.offer`."""
