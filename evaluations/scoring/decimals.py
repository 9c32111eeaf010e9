"""Decimal text to exact fractions and back; the one rounding there is.

`round(2.675, 2)` is 2.67 because 2.675 is no float. So official numbers never meet a float: they enter as text,
live as fractions, and are rounded once, when they are shown.
"""

import re
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Literal

Rounding = Literal["ROUND_HALF_UP", "ROUND_HALF_EVEN"]
Exact = Fraction | int | Decimal
"""Numbers that are what they say: whole ones of any kind (those of arrays too), fractions, decimals."""

_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
_RATIO = re.compile(r"-?[0-9]{1,60}/[1-9][0-9]{0,59}", re.ASCII)


def fraction(text: str) -> Fraction:
    """The number that a plain decimal (`-12.50`) writes; ValueError for any other text.

    Refuses what `Fraction()` and `int()` would let pass: blanks, `+3`, `1_000`, `1e3`, `1/3`, full-width digits.
    """
    if not _DECIMAL.fullmatch(text):
        raise ValueError("not a plain decimal number")
    return Fraction(text)


def as_fraction(value: Exact) -> Fraction:
    """An exact number as the fraction it is; TypeError for a float, which is close to what was meant and not it.

    >>> as_fraction(Decimal("0.1")), as_fraction(3)
    (Fraction(1, 10), Fraction(3, 1))
    """
    if type(value) is Fraction:
        return value
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, Decimal) and value.is_finite():
        return Fraction(value)
    raise TypeError(f"an exact number was expected (a whole number, a fraction, a decimal), not {value!r}")


def rounded(value: Exact, places: int, rule: Rounding) -> str:
    """`value` with exactly `places` decimals. Half up goes away from zero, half even to the even neighbour.

    Same meaning as the rules of that name in the standard library's `decimal`; zero carries no sign. TypeError for a float, ValueError
    for another rule or a negative number of places.
    """
    if places < 0:
        raise ValueError(f"a number of decimals was expected, not {places}")
    scaled = as_fraction(value) * 10**places
    if rule == "ROUND_HALF_EVEN":
        whole = round(scaled)
    elif rule == "ROUND_HALF_UP":
        away = abs(scaled) + Fraction(1, 2)
        whole = (away.numerator // away.denominator) * (-1 if scaled < 0 else 1)
    else:
        raise ValueError(f"unknown rule of rounding: {rule}")
    return _digits(whole, places)


def exact(value: Fraction) -> str:
    """The shortest text that loses nothing: a decimal where one exists (`33.606`), otherwise a ratio (`100/3`)."""
    twos, fives, rest = 0, 0, value.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    return _digits(int(value * 10**places), places)


def from_exact(text: str) -> Fraction:
    """The number that `exact` wrote; ValueError for any other text."""
    return Fraction(text) if _RATIO.fullmatch(text) else fraction(text)


def _digits(whole: int, places: int) -> str:
    sign = "-" if whole < 0 else ""
    digits = str(abs(whole)).rjust(places + 1, "0")
    if places == 0:
        return sign + digits
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
