"""Fits the polynomials of kernel.rs and prints them as the constants of lane.rs, highest power first.

Chebyshev interpolation with 60 digits (mpmath 1.3.0); beside each polynomial stands the largest error it
adds to the function, relative, as a power of two.
"""

import struct

from mpmath import atanh, chebyfit, erfc, exp, expm1, log, mp, mpf, sqrt

mp.dps = 60


def exponential(r):  # e^r = 1 + r + r^2 Q(r)
    return (expm1(r) - r) / r**2 if abs(r) > mpf(10) ** -20 else mpf(1) / 2 + r / 6


def logarithm(z):  # ln((1 + s) / (1 - s)) = 2 s + s z R(z), z = s^2
    s = sqrt(z)
    return (2 * atanh(s) - 2 * s) / (s * z) if z > mpf(10) ** -30 else mpf(2) / 3


def logarithm_1p(z):  # ln(1 + e) = s + s z S(z), s = e / (1 + e / 2), z = s^2
    s = sqrt(z)
    return (2 * atanh(s / 2) - s) / (s * z) if z > mpf(10) ** -30 else mpf(1) / 12


def tail(s):  # normal_cdf(-u) = exp(-u^2 / 2) t P(t - 1/4), t = 1 / (1 + u / 4)
    t = s + mpf(1) / 4
    u = 4 * (1 / t - 1)
    return erfc(u / sqrt(2)) / 2 * exp(u * u / 2) / t


half_ln2 = log(2) / 2 * mpf("1.0001")
reduced = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * mpf("1.0001")


def show(name, function, interval, terms, weight, number):
    coefficients, error = chebyfit(function, interval, terms, error=True)
    print(f"// {name}: 2^{mp.nstr(log(error * weight, 2), 4)}")
    print("&[" + ", ".join(number(c) for c in coefficients) + "],")


def single(c):
    c = struct.unpack("f", struct.pack("f", float(c)))[0]
    return next(s for s in (f"{c:.{d}e}" for d in range(5, 10)) if struct.pack("f", float(s)) == struct.pack("f", c))


def double(c):
    return repr(float(c))


for number, exp_terms, ln_terms, ln_1p_terms, tail_terms, farthest in (
    (single, 6, 3, 5, 11, mpf("14.5")),
    (double, 11, 7, 11, 24, mpf(39)),
):
    show("EXP", exponential, [-half_ln2, half_ln2], exp_terms, half_ln2**2, number)
    show("LN", logarithm, [0, reduced], ln_terms, reduced / 2, number)
    show("LN_1P", logarithm_1p, [0, mpf(4) / 9 * mpf("1.0001")], ln_1p_terms, mpf(4) / 9, number)
    nearest = 1 / (1 + farthest / 4) - mpf(1) / 4
    show("TAIL", tail, [nearest, mpf(3) / 4], tail_terms, 1 / tail(nearest), number)
