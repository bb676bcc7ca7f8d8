"""The workbench: functions return arrays, plots.py only draws them."""
