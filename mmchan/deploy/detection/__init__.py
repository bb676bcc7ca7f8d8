"""Whole detectors, from an image to boxes, classes and masks, in one exported file."""
