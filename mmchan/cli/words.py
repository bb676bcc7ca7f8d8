"""Words that follow numbers."""


def amount(number: int, noun: str) -> str:
    """How many there are of what.

    >>> amount(1, 'image'), amount(3, 'image')
    ('1 image', '3 images')
    """
    return f'{number} {noun}' if number == 1 else f'{number} {noun}s'
