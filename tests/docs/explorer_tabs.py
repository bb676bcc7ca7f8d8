"""What the explorer's tabs show, read by the tests of each."""


def names_of(snippet):
    """The names that a config defines, from the element that shows it."""
    names = {}
    exec(snippet.inner_text(), names)  # noqa: S102 - the config that the page wrote
    return names


def numbers_in(text):
    """The numbers of a list of stages: '32 · 64'."""
    return tuple(int(one) for one in text.split(' · '))
