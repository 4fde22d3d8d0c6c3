"""Spiketime: an exact, event-driven simulator of spiking layers that learn by STDP.

====================================  =========================================================
what one wants                        what does it
====================================  =========================================================
a layer, trained on arrays            :class:`spiketime.Layer`
a classifier, features, pipelines     :mod:`spiketime.sklearn`
a study: many runs, claims, figures   :func:`spiketime.study`
a study on a cluster                  :mod:`spiketime.dask`
MNIST and Fashion-MNIST               :func:`spiketime.data`
the whole program                     ``spiketime`` or ``python -m spiketime`` in a shell
====================================  =========================================================
"""

from __future__ import annotations

from importlib.metadata import version

from spiketime._data import Images, data
from spiketime._layer import Layer, Spikes, Test
from spiketime._study import Study, study, write_study

__all__ = ["Images", "Layer", "Spikes", "Study", "Test", "data", "study", "write_study"]
__version__ = version("spiketime")
