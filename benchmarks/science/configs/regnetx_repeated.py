_base_ = ['regnetx.py']
# the first networks of that population, with three seeds each: how much of an error is the seed's
name = 'regnetx_repeated'
count = 10
repeats = 3
