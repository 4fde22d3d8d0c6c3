"""Makes pulses.csv: a device that was never measured, and that none of the laws of `spiketime device fit` describes.

A device is made of DOMAINS domains between an off and an on conductance. A pulse gives every domain that has not switched a
chance to do so, which depends on a barrier of its own (a broad normal distribution) and on how many have switched
already (they help each other). So a step first grows and then shrinks with conductance, which no law here does; down
the barriers are lower and steeper. On top of it, as devices have it:

- devices differ in size, in barriers and in both ends of their window;
- between two branches part of the last one relaxes, which is a jump;
- every cycle of a device works with a barrier that drifts;
- readings have 1/f noise, a sum of relaxations whose times are powers of four, and an error of 0.4 %;
- every seventh reading or so is missing, and late readings are rarer.

The numbers are chosen to look like a metal-oxide synapse of some tens of nS. The seed is fixed: the file comes out the same.

    python3 make_pulses.py > pulses.csv
"""

import math
import random

SEED = 20_261_127
DEVICES, CYCLES, PULSES, DOMAINS = 5, 3, 64, 1_500
HELP = 0.9


def pulse(rng, state, barriers, bias, on):
    """Every domain that is not yet `on` may switch; the more have done so, the easier it is."""
    part = sum(1 for domain in state if domain == on) / len(state)
    for number, domain in enumerate(state):
        if domain != on:
            rate = math.exp(bias + HELP * part - barriers[number])
            if rng.random() < 1.0 - math.exp(-rate):
                state[number] = on


class Pink:
    """1/f noise: relaxations of equal size whose times are powers of four."""

    def __init__(self, rng, sd):
        self.rng, self.sd = rng, sd / 2.0
        self.values = [rng.gauss(0.0, self.sd) for _ in range(4)]

    def next(self):
        for number in range(4):
            keep = math.exp(-(4.0**-number))
            self.values[number] = keep * self.values[number] + math.sqrt(1.0 - keep * keep) * self.rng.gauss(0.0, self.sd)
        return sum(self.values)


def main():
    rng = random.Random(SEED)
    print("device,cycle,direction,pulse,conductance_nS")
    for device in range(DEVICES):
        low, high = rng.gauss(3.1, 0.25), rng.gauss(38.0, 1.8)
        middle = rng.gauss(3.9, 0.12)
        up = [rng.gauss(middle, 0.8) for _ in range(DOMAINS)]
        down = [rng.gauss(middle - 0.3, 1.1) for _ in range(DOMAINS)]
        state, pink = [False] * DOMAINS, Pink(rng, 0.16)
        bias = 0.0
        for cycle in range(1, CYCLES + 1):
            bias += rng.gauss(-0.02, 0.06)
            for direction, barriers, on in (("up", up, True), ("down", down, False)):
                for number in range(PULSES + 1):
                    if number > 0:
                        pulse(rng, state, barriers, bias, on)
                    part = sum(state) / DOMAINS
                    ns = (low + (high - low) * part) * (1.0 + rng.gauss(0.0, 0.004)) + pink.next()
                    if number == 0 or rng.random() > 0.1 + 0.25 * number / PULSES:
                        print(f"{'ABCDE'[device]},{cycle},{direction},{number},{max(ns, 0.0):.3f}")
                # Relaxation: some of what switched goes back before the next branch.
                for place in range(DOMAINS):
                    if state[place] == on and rng.random() < 0.05:
                        state[place] = not on


if __name__ == "__main__":
    main()
