"""Words: codes and parameters become sentences when they are read, in the reader's language."""
