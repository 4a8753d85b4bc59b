"""Writes math_scalar.txt: arguments and correctly rounded results of nn_core::math, from mpmath 1.3.0 with 80 digits.

Run as `python make_math_golden.py > math_scalar.txt`; with a number N, N random arguments a function instead of 9.
"""

import math
import random
import struct
import sys

from mpmath import cos, erf, erfc, exp, expm1, fabs, floor, log, log1p, mp, mpf, power, sin, tanh

mp.dps = 80
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 9
FORMATS = {"f32": ("f", "I", 24, -149, 128), "f64": ("d", "Q", 53, -1074, 1024)}


def softplus(x):
    return log1p(exp(x)) if x < 0 else x + log1p(exp(-x))


def normal_cdf(x):
    return erfc(-x / mp.sqrt(2)) / 2


def sigmoid(x):
    return 1 / (1 + exp(-x))


# Function, exponents of two of its random arguments, signs, and chosen arguments.
FUNCTIONS = {
    "exp": (exp, (-30, 10), (1, -1), (1.0, -1.0, 88.5, -87.5, -103.5, 709.5, -745.0, -708.75, -708.8972317738301)),
    "exp_m1": (expm1, (-60, 10), (1, -1), (1.0, -1.0, 1e-5, -40.0, 88.0, 0.6931471805599453)),
    "ln": (log, (-140, 120), (1,), (1e-40, 0.9999, 1.0001, 2.0, 10.0, 0.5)),
    "ln_1p": (log1p, (-60, 60), (1,), (-0.5, -0.9999, 1e-30, -1e-10, 1.0, 1.718281828459045)),
    "tanh": (tanh, (-40, 5), (1, -1), (0.5, -1.0, 9.0, 19.0, 1e-20)),
    "sin": (sin, (-40, 60), (1, -1), (0.5, 3.141592653589793, 1.5707963267948966, 1e5)),
    "cos": (cos, (-20, 60), (1, -1), (0.5, 3.141592653589793, 1.5707963267948966, 1e5)),
    "erf": (erf, (-40, 3), (1, -1), (0.5, -1.0, 3.8, 5.75)),
    "erfc": (erfc, (-40, 3), (1, -1), (0.5, -1.0, 10.0, 26.5, 9.5)),
    "powf": (power, (-10, 10), (1,), (2.0, 10.0, 0.999, 0.9)),
    "sigmoid": (sigmoid, (-40, 6), (1, -1), (0.5, -1.0, 17.0, -88.0, -103.0, -744.0, -709.0)),
    "softplus": (softplus, (-40, 6), (1, -1), (0.5, -1.0, 17.0, -88.0, -103.0, -744.0, -709.0)),
    "normal_cdf": (normal_cdf, (-40, 5), (1, -1), (0.5, -1.0, -5.0, -13.0, -14.0, -37.5, -38.25, 8.0)),
}


def rounded(value, name):
    """Bits of the nearest number of the format, ties to even."""
    _, _, precision, lowest, highest = FORMATS[name]
    if value == 0:
        return 0
    spacing = max(int(mp.frexp(fabs(value))[1]) - precision, lowest)
    scaled = fabs(value) * mpf(2) ** -spacing
    whole = int(floor(scaled))
    rest = scaled - whole
    whole += rest > 0.5 or (rest == 0.5 and whole % 2 == 1)
    result = math.ldexp(whole, spacing) if whole * mpf(2) ** spacing < mpf(2) ** highest else math.inf
    return bits(-result if value < 0 else result, name)


def bits(value, name):
    code, integer = FORMATS[name][:2]
    return struct.unpack(integer, struct.pack(code, value))[0]


def nearest(value, name):
    code = FORMATS[name][0]
    return struct.unpack(code, struct.pack(code, value))[0]


def line(function, name, arguments):
    width = 8 if name == "f32" else 16
    result = rounded(FUNCTIONS[function][0](*(mpf(a) for a in arguments)), name)
    words = [bits(a, name) for a in arguments] + [result]
    print(function, name, *(f"{word:0{width}x}" for word in words))


generator = random.Random(1986)
print("# Function, format, bits of the arguments, bits of the correctly rounded result.")
print("# Made by make_math_golden.py with mpmath 1.3.0, 80 digits.")
for function, (_, (low, high), signs, chosen) in FUNCTIONS.items():
    for name in FORMATS:
        drawn = [generator.choice(signs) * 2.0 ** generator.uniform(low, high) for _ in range(COUNT)]
        for argument in [*chosen, *drawn]:
            argument = nearest(argument, name)
            if function == "powf":
                exponent = nearest(generator.uniform(-9.0, 9.0), name)
                line(function, name, (argument, exponent))
            else:
                line(function, name, (argument,))
