"""From an image to an answer and a drawing; not named ``predict``, which is the function of the interface."""
