"""The tasks: a question, and the computation that answers it."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import combinations, permutations, product


def digit_squares() -> int:
    return sum(1 for n in range(1, 10**6) if sum(int(d) ** 2 for d in str(n)) == 100)


def coprime_pairs() -> int:
    return sum(1 for a, b in combinations(range(1, 301), 2) if math.gcd(a, b) == 1)


def no_fixed_point() -> Fraction:
    hands = list(permutations(range(7)))
    return Fraction(sum(1 for hand in hands if all(i != card for i, card in enumerate(hand))), len(hands))


def three_dice() -> Fraction:
    throws = list(product(range(1, 7), repeat=4))
    return Fraction(sum(1 for throw in throws if sum(sorted(throw)[1:]) >= 15), len(throws))


def tilings() -> int:
    a, b = 1, 1
    for _ in range(59):
        a, b = b, (2 * b + a) % 1_000_003
    return b


def lattice_points() -> int:
    return sum(1 for x in range(-100, 101) for y in range(-100, 101) if x * x + y * y <= 10_000 and (x + 2 * y) % 5 == 0)


def longest_collatz() -> int:
    def steps(n: int) -> int:
        count = 0
        while n != 1:
            n, count = n // 2 if n % 2 == 0 else 3 * n + 1, count + 1
        return count

    return max(range(1, 20_000), key=lambda n: (steps(n), -n))


def pages() -> int:
    digits, page = 0, 0
    while digits + len(str(page + 1)) <= 6_869:
        page += 1
        digits += len(str(page))
    assert digits == 6_869
    return page


def change() -> int:
    ways = [1] + [0] * 300
    for coin in (1, 2, 5, 10, 20, 50, 100, 200):
        for amount in range(coin, 301):
            ways[amount] += ways[amount - coin]
    return ways[300]


def root_of_cosine() -> str:
    low, high = 0.0, 1.0
    while high - low > 1e-15:
        middle = (low + high) / 2
        low, high = (middle, high) if math.cos(middle) > middle**3 else (low, middle)
    return f"{low:.8f}"


def last_digits() -> int:
    return pow(7, pow(7, 77, 40_000), 100_000)


def birthday_sums() -> int:
    counts = Counter(a * a + b * b for a in range(1, 200) for b in range(a, 200))
    return min(total for total, ways in counts.items() if ways >= 4)


def alternating_sum() -> str:
    return f"{math.fsum((-1) ** (n + 1) / n**2 for n in range(1, 1001)):.10f}"


def spiral_diagonals() -> int:
    return 1 + sum(4 * side * side - 6 * (side - 1) for side in range(3, 202, 2))


# Name, question, computation, how the answer is to be given.
TASKS = [
    ("digit-squares", "How many positive integers below one million have digits whose squares add up to 100?", digit_squares),
    ("coprime-pairs", "How many pairs $(a, b)$ of integers with $1 \\le a < b \\le 300$ have no common divisor above 1?",
     coprime_pairs),
    ("no-fixed-point", "Seven people put their hats in a box, and each draws one at random. What is the probability that "
     "nobody gets back their own hat? Give a reduced fraction such as 3/7.", no_fixed_point),
    ("best-three-dice", "Four fair six-sided dice are thrown and the lowest is put aside. What is the probability that the "
     "other three add up to at least 15? Give a reduced fraction such as 3/7.", three_dice),
    ("striped-fence", "Let $t_0 = t_1 = 1$ and $t_{n} = 2 t_{n-1} + t_{n-2}$ for $n \\ge 2$. What is the remainder of $t_{60}$ "
     "when it is divided by 1000003?", tilings),
    ("disc-and-lines", "How many integer points $(x, y)$ with $x^2 + y^2 \\le 10000$ have an $x + 2y$ that is divisible by 5?",
     lattice_points),
    ("longest-hailstorm", "From $n$, go on to $n/2$ when $n$ is even and to $3n+1$ when it is odd, until 1 is reached. Which "
     "$n$ below 20000 takes the most steps? Of several, give the smallest.", longest_collatz),
    ("page-digits", "The pages of a book are numbered from 1, and 6869 digits were printed for that. How many pages has it?",
     pages),
    ("three-euros", "In how many ways can 300 cents be paid with coins of 1, 2, 5, 10, 20, 50, 100 and 200 cents, if the order "
     "does not matter?", change),
    ("cosine-meets-cube", "Find the real solution of $\\cos x = x^3$ (radians), with 8 decimals.", root_of_cosine),
    ("seven-tower", "What are the last five digits of $7^{7^{77}}$? Leave out leading zeros.", last_digits),
    ("four-ways", "What is the smallest integer that is a sum $a^2 + b^2$ with $1 \\le a \\le b$ in at least four ways?",
     birthday_sums),
    ("alternating-squares", "Compute $\\sum_{n=1}^{1000} \\frac{(-1)^{n+1}}{n^2}$ with 10 decimals.", alternating_sum),
    ("spiral-diagonals", "The integers from 1 are written in a spiral, clockwise from the middle, until they fill a square of "
     "201 by 201. What is the sum of the numbers on both diagonals?", spiral_diagonals),
]
