"""The windows: the frame, widgets and charts of the dashboard. Knows the core, speaks no SQL."""
