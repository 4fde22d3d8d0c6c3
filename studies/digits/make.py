"""The digits that scikit-learn carries, as arrays: python3 make.py FILE.npz"""

import sys

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits = load_digits()
train_images, test_images, train_labels, test_labels = train_test_split(
    digits.images, digits.target, test_size=360, random_state=1, stratify=digits.target
)
np.savez(
    sys.argv[1],
    train_images=train_images,
    train_labels=train_labels,
    test_images=test_images,
    test_labels=test_labels,
)
