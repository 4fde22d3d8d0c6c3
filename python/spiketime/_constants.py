"""Every constant of a layer as a keyword, its unit last. Made by python/make_constants.py: do not edit by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

Preset = Literal["report", "frontier", "frontier-strict", "diehl-cook"]


class Constants(TypedDict, total=False):
    """What a condition may say; what it does not say is as in its preset."""

    adaptation_mv: float
    """What an own spike adds to the threshold while training, T₊ [mV]; 0 = adaptation off. Default: 10.0."""
    annealing_images: int
    """Over how many training images gains and rates are annealed; needed where a factor is not 1. Default: 0."""
    conductance_max_ns: float
    """g_max [nS]: the unit of the weights, it does not enter the dynamics. Default: 100.0."""
    cycle_of: Literal["step", "range"]
    """What ``cycle_sd`` is a part of: the step, or the range of a conductance. Default: "step"."""
    cycle_sd: float
    """Standard deviation of steps from cycle to cycle, normal [fraction of what ``cycle_of`` says]. Default: 0.0."""
    device: str
    """A device file beside the experiment file: its law and its spreads are what the keys are that are not given
    here. Default: null."""
    drift_exponent: float
    """ν, the mean of all devices. Default: 0.0."""
    drift_exponent_law: Literal["uniform", "normal", "log-normal"]
    """The law of ν from device to device. Default: "normal"."""
    drift_exponent_sd: float
    """Its standard deviation, of ν itself. Default: 0.0."""
    drift_time: float
    """How long after training a network is labelled and tested, t/t0: a conductance drifts by this to the power of
    -ν. Default: 1.0."""
    hold_ms: float
    """For so long after a spike the same holds for all neurons that did not spike [ms]; needs winner-takes-all.
    Default: 0.0."""
    hold_to_end: bool
    """Does the hold last to the end of the image? Default: false."""
    homeostasis_factor: float
    """What is left of that gain at the end of the annealing. Default: 1.0."""
    homeostasis_gain: float
    """How far thresholds move toward equal shares of the output spikes after each training image; 0: not at all.
    Default: 0.0."""
    homeostasis_images: float
    """Over how many images the mean of output spikes runs that shares are parts of. Default: 100.0."""
    homeostasis_max: float
    """No threshold rises by more than this part of T₀. Default: 10.0."""
    homeostasis_min: float
    """No threshold falls by more than this part of T₀. Default: -0.9."""
    image_gain: Literal["none", "sum", "norm"]
    """Are rates divided by the sum of an image, or by its norm? ``rate_max_hz`` is then that of the whole, or of the
    norm. Default: "none"."""
    image_ms: float
    """How long an image is shown [ms]. Default: 250.0."""
    image_order: Literal["stored", "shuffled"]
    """Are training images shown as they are stored, or shuffled anew each epoch? Default: "stored"."""
    inhibition: Literal["winner-takes-all", "soft", "none"]
    """What a spike does to the other neurons. Default: "winner-takes-all"."""
    inhibition_soft_mv: float
    """How much soft inhibition lowers a potential [mV]. Default: 1.0."""
    initial_weight_law: Literal["uniform", "normal", "log-normal"]
    """The law of the initial weights: uniform, or normal or log-normal about both if they are equal, all within 0 to
    1. Default: "uniform"."""
    initial_weight_max: float
    """… to here [fraction of g_max]; not below ``initial_weight_min``. Default: 1.0."""
    initial_weight_min: float
    """Initial weights are uniform from here … [fraction of g_max] Default: 0.0."""
    initial_weight_sd: float
    """Standard deviation of a normal or log-normal law of the initial weights [fraction of g_max]. Default: 0.0."""
    jump_max_mv: float
    """Jump of the potential by a synapse at g_max, ΔV_max [mV]. Default: 1.0."""
    label_images: int
    """Training images that find the labels. Default: 1000."""
    lasting_mv: float
    """What an own spike adds to a second part of the threshold, which lasts longer [mV]. Default: 0.0."""
    lasting_tau_ms: float
    """Time constant of that part [ms]; at least ``tau_membrane_ms``. Default: 10000000.0."""
    leak: bool
    """Do potentials decay? Without leak they are sums of weights between resets. Default: true."""
    normalisation: Literal["never", "at-spike", "after-image"]
    """When a neuron's weights are brought to ``normalisation_mv``. Default: "never"."""
    normalisation_measure: Literal["sum", "norm"]
    """What is brought there: the sum of its weights or their Euclidean norm. Default: "sum"."""
    normalisation_mv: float
    """To which size [mV]. Default: 0.0."""
    precision: Literal["f32", "f64"]
    """Precision of weights and state. Default: "f32"."""
    rate_max_hz: float
    """Rate of a pixel of value 255 [Hz]. Default: 50.0."""
    read_sd: float
    """Standard deviation of what is read of a conductance in one presentation, normal [fraction of it]. Default:
    0.0."""
    refractory_ms: float
    """For so long after an own spike a potential stays 0 and inputs are lost [ms]. Default: 0.0."""
    rest_ms: float
    """Rest after each training and label image [ms]. Default: 150.0."""
    rests_at_onset: bool
    """Does each image find every potential at 0? Default: false."""
    spikes_an_image: int
    """An image that trains ends with its so-manieth output spike; 0: it is shown to its end. Default: 0."""
    stdp_decrement_mv: float
    """Of the rule of counts: what each synapse loses [mV]. Default: 0.0."""
    stdp_gain: float
    """What a recent input gains, a₊ [fraction of g_max]. Default: 0.01."""
    stdp_gain_dependence: Literal["exponential", "soft", "neurosim", "power", "table"]
    """How gains depend on x = g/g_max: exponential with β₊, which may be 0, or soft, as 1 − x. Default:
    "exponential"."""
    stdp_gain_law: Literal["uniform", "normal", "log-normal"]
    """The law of gains from device to device. Default: "normal"."""
    stdp_gain_nonlinearity: float
    """β₊: gains shrink as e^(−β₊x), x = g/g_max. Default: 0.0."""
    stdp_gain_sd: float
    """Standard deviation of gains from device to device [fraction of the gain]. Default: 0.0."""
    stdp_gain_table: Sequence[Sequence[float]]
    """Gains by x as points [x, step] in place of a formula; ``stdp_gain`` is then a factor of them. Default: []."""
    stdp_imprints: bool
    """Of the rule of counts: does a neuron's first spike put its weights where the rule would leave them? Default:
    false."""
    stdp_loss: float
    """What every other input loses, a₋ [fraction of g_max]; negative: it gains. Default: 0.005."""
    stdp_loss_dependence: Literal["exponential", "soft", "neurosim", "power", "table"]
    """How losses do: exponential with β₋, which may be 0, or soft, as x. Default: "exponential"."""
    stdp_loss_law: Literal["uniform", "normal", "log-normal"]
    """The law of losses from device to device. Default: "normal"."""
    stdp_loss_nonlinearity: float
    """β₋: losses shrink as e^(−β₋(1−x)). Default: 0.0."""
    stdp_loss_sd: float
    """Standard deviation of losses from device to device [fraction of the loss]. Default: 0.0."""
    stdp_loss_table: Sequence[Sequence[float]]
    """Losses by x as points [x, step]; ``stdp_loss`` is then a factor of them. Default: []."""
    stdp_nonlinearity_law: Literal["uniform", "normal", "log-normal"]
    """The law of both non-linearities from device to device. Default: "normal"."""
    stdp_nonlinearity_sd: float
    """Standard deviation of both non-linearities from device to device [fraction of each]. Default: 0.0."""
    stdp_normalised: bool
    """Scale a₊ and a₋ by β/(1 − e^(−β)), where they are soft by 2, so that the mean step over x stays. Default:
    false."""
    stdp_offset_mv: float
    """Of the rule of counts: what is added to each trace [mV]. Default: 0.0."""
    stdp_rate: float
    """Of the rule of counts: the step constant η; what it begins with where ``stdp_rate_power`` is 0. Default: 0.01."""
    stdp_rate_factor: float
    """What is left of η at the end of the annealing, where ``stdp_rate_power`` is 0. Default: 1.0."""
    stdp_rate_power: float
    """η is n^(−this) at a neuron's n-th own spike, not below ``stdp_rate``; 0: it is ``stdp_rate``. Default: 0.0."""
    stdp_rule: Literal["window", "counts"]
    """What an own spike learns from: the last spike of each input, or what all did in this image. Default: "window"."""
    stdp_sum_mv: float
    """Of the rule of counts: what the traces of all inputs are brought to in sum [mV]; 0: each is as it is. Default:
    0.0."""
    stdp_trace_ms: float
    """Of the rule of counts: time constant of an input's trace [ms]; 0: it is the count of the image. Default: 0.0."""
    stdp_window_ms: float
    """An input spike of this age or less is recent [ms]. Default: 20.0."""
    stuck_any_share: float
    """… anywhere between. Default: 0.0."""
    stuck_max_share: float
    """… at their highest. Default: 0.0."""
    stuck_min_share: float
    """The share of devices that are stuck at their lowest conductance. Default: 0.0."""
    tau_adaptation_law: Literal["uniform", "normal", "log-normal"]
    """The law of the adaptive thresholds' time constants, about ``tau_adaptation_ms``; none below that of its
    membrane. Default: "normal"."""
    tau_adaptation_ms: float
    """Time constant of the adaptive threshold τ_T [ms]; at least ``tau_membrane_ms``. Default: 40.0."""
    tau_adaptation_sd_ms: float
    """Their standard deviation from neuron to neuron [ms]. Default: 0.0."""
    tau_membrane_law: Literal["uniform", "normal", "log-normal"]
    """The law of the membranes' time constants, about ``tau_membrane_ms``. Default: "normal"."""
    tau_membrane_ms: float
    """Membrane time constant τ_v [ms]. Default: 20.0."""
    tau_membrane_sd_ms: float
    """Their standard deviation from neuron to neuron [ms]. Default: 0.0."""
    test_image_ms: float
    """How long an image is shown while labelling and testing [ms]; 0: as while training. Default: 0.0."""
    test_inhibition: Literal["winner-takes-all", "soft", "none"]
    """What a spike does to the others while labelling and testing; without it as while training."""
    test_rest_ms: float
    """Rest after each test image [ms]; 0 as in the author's code. Default: 0.0."""
    test_threshold_factor: float
    """The factor of all thresholds while labelling and testing; 0: ``threshold_factor``. Default: 0.0."""
    threshold_factor: float
    """One factor of all thresholds. Default: 1.0."""
    threshold_law: Literal["uniform", "normal", "log-normal"]
    """The law of the thresholds: uniform, or normal or log-normal about both of these if they are equal, none below
    0. Default: "uniform"."""
    threshold_max_mv: float
    """… to here [mV]; equal = no device variation. Not below ``threshold_min_mv``. Default: 50.0."""
    threshold_min_mv: float
    """Thresholds T₀ are uniform from here [mV] … Default: 50.0."""
    threshold_scale: Literal["none", "sum", "norm"]
    """Do thresholds grow with the size of a neuron's weights? T₀ is then a part of that size. Default: "none"."""
    threshold_sd_mv: float
    """Standard deviation of a normal or log-normal law of the thresholds [mV]. Default: 0.0."""
    tie_rule: Literal["all-above-threshold", "highest-only", "highest-relative"]
    """Who spikes when several cross at one instant. Default: "all-above-threshold"."""
    virgin_threshold: float
    """Until its first spike a threshold stands off by this part of T₀; 0: as it does later on. Default: 0.0."""
    weight_levels: int
    """A conductance settles on so many levels, a part of a level as often as it is large; 0: anywhere. Default: 0."""
    weight_max_law: Literal["uniform", "normal", "log-normal"]
    """The law of the highest conductances, about g_max. Default: "normal"."""
    weight_max_sd: float
    """Their standard deviation from device to device [fraction of g_max]. Default: 0.0."""
    weight_min_law: Literal["uniform", "normal", "log-normal"]
    """The law of the lowest conductances, about that of the nominal window and not below it. Default: "normal"."""
    weight_min_sd: float
    """Their standard deviation from device to device [fraction of g_max]. Default: 0.0."""
