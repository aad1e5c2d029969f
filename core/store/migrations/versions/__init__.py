"""One module per migration, `vNNNN_<what>.py`."""
