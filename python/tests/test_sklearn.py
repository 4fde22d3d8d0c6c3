"""scikit-learn's own checks, whole, and what its users do with an estimator."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

import spiketime
from spiketime.sklearn import STDPClassifier, STDPFeatures


@parametrize_with_checks([STDPClassifier(), STDPFeatures()])
def test_scikit_learn_accepts_it(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def digits() -> Any:
    X, y = load_digits(return_X_y=True)
    return X[:1200], X[1200:], y[:1200], y[1200:]


def test_a_classifier_learns_digits_and_pickles(digits: Any) -> None:
    X, X_test, y, y_test = digits
    classifier = STDPClassifier(100, epochs=5).fit(X, y)
    assert classifier.score(X_test, y_test) > 0.7
    again = pickle.loads(pickle.dumps(classifier))
    assert np.array_equal(again.predict(X_test), classifier.predict(X_test))
    assert classifier.layer_.shape == (8, 8) and classifier.full_scale_ == 16.0
    # What is said of a row is said of it wherever it stands.
    assert np.array_equal(classifier.predict(X_test[::-1])[::-1], classifier.predict(X_test))


def test_features_make_a_pipeline_a_grid_and_a_frame_of_pandas(digits: Any) -> None:
    X, X_test, y, y_test = digits
    pipeline = make_pipeline(STDPFeatures(64), LogisticRegression(max_iter=2000)).fit(X, y)
    assert pipeline.score(X_test, y_test) > 0.7
    frame = STDPFeatures(16).set_output(transform="pandas").fit_transform(X[:200])
    assert list(frame.columns[:2]) == ["stdpfeatures0", "stdpfeatures1"] and frame.shape == (200, 16)
    grid = GridSearchCV(STDPClassifier(), {"n_neurons": [16, 64], "constants": [None, {"image_ms": 200.0}]}, cv=2).fit(X, y)
    assert grid.best_params_["n_neurons"] == 64


def test_constants_reach_the_layer_and_wrong_ones_are_told(digits: Any) -> None:
    X, _, y, _ = digits
    fitted = clone(STDPClassifier(16, constants={"image_ms": 123.0}, random_state=7)).fit(X[:50], y[:50])
    assert fitted.layer_.condition["image_ms"] == 123.0 and fitted.layer_.seed == 7
    with pytest.raises(ValueError, match="did you mean 'image_ms'"):
        STDPClassifier(constants={"image_mss": 1.0}).fit(X[:50], y[:50])
    with pytest.raises(ValueError, match="Negative values"):
        STDPFeatures().fit(X - 1)


def test_mnist_is_known_as_well_as_the_program_knows_it() -> None:
    try:
        train, train_labels, test, test_labels = spiketime.data("mnist")
    except OSError as error:
        pytest.skip(f"the whole of MNIST cannot be had: {error}")
    classifier = STDPClassifier(100, constants={"label_images": 10_000}).fit(train.reshape(-1, 784), train_labels)
    layer = spiketime.Layer((28, 28), neurons=100, preset="frontier", seed=1).train(train).label(train, train_labels)
    program = layer.test(test, test_labels).accuracy_percent
    assert np.array_equal(classifier.layer_.weights, layer.weights)
    # The input spikes of the two tests are other draws: 10 000 images at 85 % have a standard error of 0.36.
    assert abs(100 * classifier.score(test.reshape(-1, 784), test_labels) - program) < 1.5
