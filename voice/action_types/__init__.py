"""One module per action type; every module here is found and loaded by itself."""
