"""Tails and quantiles of the F distribution, and of Student's t as its square root.

The statistics need no other distribution, so they need no library of distributions (docs/decisions/0010).
Formulas: DLMF 8.17.22 (continued fraction of the incomplete beta function) and 8.17.4 (symmetry).
"""

import math

_TINY = 1e-300
_TERMS = 20_000


def f_tail(x: float, numerator: float, denominator: float) -> float:
    """P(F > x) with `numerator` and `denominator` degrees of freedom, real and positive; ValueError otherwise.

    `f_tail(4, 2, 2)` is 0.2: with two and two degrees the tail is 1/(1 + x).
    """
    return _tails(x, numerator, denominator)[1]


def f_quantile(p: float, numerator: float, denominator: float) -> float:
    """The x with P(F ≤ x) = p, 0 < p < 1; ValueError outside.

    Bisection on the logarithm: it cannot miss, and ends where no float lies between its two ends.
    `f_quantile(0.75, 2, 2)` is 3: 1/(1 + 3) = 0.25.
    """
    if not 0 < p < 1:
        raise ValueError(f"a probability between 0 and 1 was expected, not {p}")
    low, high = -700.0, 700.0
    middle = 0.0
    while low < middle < high:
        below, above = _tails(math.exp(middle), numerator, denominator)
        # Each half is compared where it is small and therefore exact.
        if (below < p) if p < 0.5 else (above > 1 - p):
            low = middle
        else:
            high = middle
        middle = (low + high) / 2
    return math.exp(middle)


def t_quantile(p: float, degrees: float) -> float:
    """The x with P(T ≤ x) = p of Student's t: T² is F with 1 and `degrees`. `t_quantile(0.75, 1)` is 1."""
    if p == 0.5:
        return 0.0
    return math.copysign(math.sqrt(f_quantile(abs(2 * p - 1), 1, degrees)), p - 0.5)


def _tails(x: float, numerator: float, denominator: float) -> tuple[float, float]:
    """P(F ≤ x) and P(F > x), both without the loss of 1 − p."""
    if not all(math.isfinite(value) and value > 0 for value in (numerator, denominator)):
        raise ValueError(f"positive degrees of freedom were expected, not {numerator} and {denominator}")
    if x <= 0:
        return 0.0, 1.0
    a, b = numerator / 2, denominator / 2
    whole = numerator * x + denominator
    share, rest = numerator * x / whole, denominator / whole
    if share <= (a + 1) / (a + b + 2):
        below = _beta_share(share, rest, a, b)
        return below, 1 - below
    above = _beta_share(rest, share, b, a)
    return 1 - above, above


def _beta_share(x: float, rest: float, a: float, b: float) -> float:
    """I_x(a, b), the regularised incomplete beta function, on the side where the fraction converges; rest = 1 − x."""
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest)
    return math.exp(front) / (a * _fraction(x, a, b))


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d₁/(1 + d₂/(1 + …)) by Lentz's method in the form of Thompson & Barnett."""
    value = c = 1.0
    d = 0.0
    for step in range(1, _TERMS):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / ((1 + term * d) or _TINY)
        c = (1 + term / c) or _TINY
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            return value
    raise ArithmeticError(f"the incomplete beta function did not converge at {x}, {a}, {b}")
