# mmchan sweep run configs/sweeps/regnetx_2e_digits.py
# The networks of `make demo-design`, trained for a fifth of its epochs: what cheap EDFs predict from
_base_ = ['regnetx_digits.py']
count = 250
epochs = 2
