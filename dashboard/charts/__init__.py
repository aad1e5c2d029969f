"""Charts: data in, plotly `Figure` out. Pure: no screen, no queries."""
