//! A condition: one network on one data set, every constant of the model a field with its unit.
//!
//! What an experiment file does not say is as in the report's reference network (Report §3).

mod kept;
mod made;
mod numbers;
mod options;
mod presets;
mod rules;
mod unsaid;
mod usual;
pub(crate) mod varied;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::{ImageGain, ImageOrder, toml_file::points};

pub use crate::spread::Spread;
use crate::{data_set::DataSet, given::Given};
pub use kept::Score;
pub use options::{
    CycleOf, Dependence, Inhibition, Measure, Normalise, Precision, StdpRule, ThresholdScale, TieRule,
};
pub use presets::Preset;

/// One network on one data set. Every default is the report's reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    /// What tables and figures call it.
    pub name: String,
    /// What every key is that is not given here; without it as in the report.
    #[serde(skip_serializing)]
    #[schemars(extend("default" = "report"))]
    pub preset: Option<Preset>,
    /// A device file beside the experiment file: its law and its spreads are what the keys are that are not given here.
    #[serde(skip_serializing)]
    #[schemars(extend("default" = null))]
    pub device: Option<String>,
    /// Which images.
    pub dataset: DataSet,
    /// Output neurons N.
    #[schemars(range(min = 1, max = 100_000))]
    pub neurons: usize,
    /// Rate of a pixel of value 255 \[Hz\].
    #[schemars(range(min = 0.0, max = 1e9))]
    pub rate_max_hz: f64,
    /// How long an image is shown \[ms\].
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub image_ms: f64,
    /// Rest after each training and label image \[ms\].
    #[schemars(range(min = 0.0, max = 1e9))]
    pub rest_ms: f64,
    /// Rest after each test image \[ms\]; 0 as in the author's code.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub test_rest_ms: f64,
    /// Membrane time constant τ_v \[ms\].
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub tau_membrane_ms: f64,
    /// The law of the membranes' time constants, about `tau_membrane_ms`.
    #[serde(skip_serializing_if = "unsaid::is_normal")]
    #[schemars(extend("default" = "normal"))]
    pub tau_membrane_law: Spread,
    /// Their standard deviation from neuron to neuron \[ms\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub tau_membrane_sd_ms: f64,
    /// Thresholds T₀ are uniform from here \[mV\] …
    #[schemars(range(min = 0.0, max = 1e9))]
    pub threshold_min_mv: f64,
    /// … to here \[mV\]; equal = no device variation. Not below `threshold_min_mv`.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub threshold_max_mv: f64,
    /// The law of the thresholds: uniform, or normal or log-normal about both of these if they are equal, none below 0.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "uniform"))]
    pub threshold_law: Spread,
    /// Standard deviation of a normal or log-normal law of the thresholds \[mV\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub threshold_sd_mv: f64,
    /// The thresholds themselves \[mV\], one a neuron: a `.npy` file beside the experiment file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold_file: Option<Given>,
    /// The law of the initial weights: uniform, or normal or log-normal about both if they are equal, all within 0 to 1.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "uniform"))]
    pub initial_weight_law: Spread,
    /// Initial weights are uniform from here … \[fraction of g_max\]
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0))]
    pub initial_weight_min: f64,
    /// … to here \[fraction of g_max\]; not below `initial_weight_min`.
    #[serde(skip_serializing_if = "unsaid::is_one")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 1.0))]
    pub initial_weight_max: f64,
    /// Standard deviation of a normal or log-normal law of the initial weights \[fraction of g_max\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 10.0), extend("default" = 0.0))]
    pub initial_weight_sd: f64,
    /// The initial weights, neurons x inputs \[fraction of g_max\]: a `.npy` file, such as one of `results/weights`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_weight_file: Option<Given>,
    /// What an own spike adds to the threshold while training, T₊ \[mV\]; 0 = adaptation off.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub adaptation_mv: f64,
    /// Time constant of the adaptive threshold τ_T \[ms\]; at least `tau_membrane_ms`.
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub tau_adaptation_ms: f64,
    /// The law of the adaptive thresholds' time constants, about `tau_adaptation_ms`; none below that of its membrane.
    #[serde(skip_serializing_if = "unsaid::is_normal")]
    #[schemars(extend("default" = "normal"))]
    pub tau_adaptation_law: Spread,
    /// Their standard deviation from neuron to neuron \[ms\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub tau_adaptation_sd_ms: f64,
    /// Jump of the potential by a synapse at g_max, ΔV_max \[mV\].
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub jump_max_mv: f64,
    /// g_max \[nS\]: the unit of the weights, it does not enter the dynamics.
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub conductance_max_ns: f64,
    /// An input spike of this age or less is recent \[ms\].
    #[schemars(range(min = 0.0, max = 1e9))]
    pub stdp_window_ms: f64,
    /// What a recent input gains, a₊ \[fraction of g_max\].
    #[schemars(range(min = -1e9, max = 1e9))]
    pub stdp_gain: f64,
    /// What every other input loses, a₋ \[fraction of g_max\]; negative: it gains.
    #[schemars(range(min = -1e9, max = 1e9))]
    pub stdp_loss: f64,
    /// β₊: gains shrink as e^(−β₊x), x = g/g_max.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub stdp_gain_nonlinearity: f64,
    /// β₋: losses shrink as e^(−β₋(1−x)).
    #[schemars(range(min = 0.0, max = 1e9))]
    pub stdp_loss_nonlinearity: f64,
    /// Scale a₊ and a₋ by β/(1 − e^(−β)), where they are soft by 2, so that the mean step over x stays.
    pub stdp_normalised: bool,
    /// Gains by x as points \[x, step\] in place of a formula; `stdp_gain` is then a factor of them.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "points")]
    #[schemars(extend("default" = []), with = "Vec<[f64; 2]>")]
    pub stdp_gain_table: Vec<[f64; 2]>,
    /// Losses by x as points \[x, step\]; `stdp_loss` is then a factor of them.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "points")]
    #[schemars(extend("default" = []), with = "Vec<[f64; 2]>")]
    pub stdp_loss_table: Vec<[f64; 2]>,
    /// The law of gains from device to device.
    #[serde(skip_serializing_if = "unsaid::is_normal")]
    #[schemars(extend("default" = "normal"))]
    pub stdp_gain_law: Spread,
    /// Standard deviation of gains from device to device \[fraction of the gain\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 10.0), extend("default" = 0.0))]
    pub stdp_gain_sd: f64,
    /// The law of losses from device to device.
    #[serde(skip_serializing_if = "unsaid::is_normal")]
    #[schemars(extend("default" = "normal"))]
    pub stdp_loss_law: Spread,
    /// Standard deviation of losses from device to device \[fraction of the loss\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 10.0), extend("default" = 0.0))]
    pub stdp_loss_sd: f64,
    /// The law of both non-linearities from device to device.
    #[serde(skip_serializing_if = "unsaid::is_normal")]
    #[schemars(extend("default" = "normal"))]
    pub stdp_nonlinearity_law: Spread,
    /// Standard deviation of both non-linearities from device to device \[fraction of each\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 10.0), extend("default" = 0.0))]
    pub stdp_nonlinearity_sd: f64,
    /// The law of the lowest conductances, about that of the nominal window and not below it.
    #[serde(skip_serializing_if = "unsaid::is_normal")]
    #[schemars(extend("default" = "normal"))]
    pub weight_min_law: Spread,
    /// Their standard deviation from device to device \[fraction of g_max\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 10.0), extend("default" = 0.0))]
    pub weight_min_sd: f64,
    /// The law of the highest conductances, about g_max.
    #[serde(skip_serializing_if = "unsaid::is_normal")]
    #[schemars(extend("default" = "normal"))]
    pub weight_max_law: Spread,
    /// Their standard deviation from device to device \[fraction of g_max\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 10.0), extend("default" = 0.0))]
    pub weight_max_sd: f64,
    /// A conductance settles on so many levels, a part of a level as often as it is large; 0: anywhere.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0, max = 65_536), extend("default" = 0))]
    pub weight_levels: u32,
    /// The share of devices that are stuck at their lowest conductance.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0))]
    pub stuck_min_share: f64,
    /// … at their highest.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0))]
    pub stuck_max_share: f64,
    /// … anywhere between.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0))]
    pub stuck_any_share: f64,
    /// Standard deviation of steps from cycle to cycle, normal \[fraction of what `cycle_of` says\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 100.0), extend("default" = 0.0))]
    pub cycle_sd: f64,
    /// What `cycle_sd` is a part of: the step, or the range of a conductance.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "step"))]
    pub cycle_of: CycleOf,
    /// Standard deviation of what is read of a conductance in one presentation, normal \[fraction of it\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 10.0), extend("default" = 0.0))]
    pub read_sd: f64,
    /// How long after training a network is labelled and tested, t/t0: a conductance drifts by this to the power of -ν.
    #[serde(skip_serializing_if = "unsaid::is_one")]
    #[schemars(range(min = 1.0, max = 1e15), extend("default" = 1.0))]
    pub drift_time: f64,
    /// ν, the mean of all devices.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0))]
    pub drift_exponent: f64,
    /// The law of ν from device to device.
    #[serde(skip_serializing_if = "unsaid::is_normal")]
    #[schemars(extend("default" = "normal"))]
    pub drift_exponent_law: Spread,
    /// Its standard deviation, of ν itself.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0))]
    pub drift_exponent_sd: f64,
    /// What a spike does to the other neurons.
    pub inhibition: Inhibition,
    /// How much soft inhibition lowers a potential \[mV\].
    #[schemars(range(min = 0.0, max = 1e9))]
    pub inhibition_soft_mv: f64,
    /// Who spikes when several cross at one instant.
    pub tie_rule: TieRule,
    /// Do potentials decay? Without leak they are sums of weights between resets.
    #[serde(skip_serializing_if = "unsaid::is_true")]
    #[schemars(extend("default" = true))]
    pub leak: bool,
    /// For so long after an own spike a potential stays 0 and inputs are lost \[ms\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub refractory_ms: f64,
    /// For so long after a spike the same holds for all neurons that did not spike \[ms\]; needs winner-takes-all.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub hold_ms: f64,
    /// Does the hold last to the end of the image?
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = false))]
    pub hold_to_end: bool,
    /// An image that trains ends with its so-manieth output spike; 0: it is shown to its end.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0, max = 1_000_000), extend("default" = 0))]
    pub spikes_an_image: u32,
    /// Does each image find every potential at 0?
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = false))]
    pub rests_at_onset: bool,
    /// What an own spike adds to a second part of the threshold, which lasts longer \[mV\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub lasting_mv: f64,
    /// Time constant of that part \[ms\]; at least `tau_membrane_ms`.
    #[serde(skip_serializing_if = "unsaid::is_long")]
    #[schemars(range(min = 1e-6, max = 1e9), extend("default" = 1e7))]
    pub lasting_tau_ms: f64,
    /// Do thresholds grow with the size of a neuron's weights? T₀ is then a part of that size.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "none"))]
    pub threshold_scale: ThresholdScale,
    /// One factor of all thresholds.
    #[serde(skip_serializing_if = "unsaid::is_one")]
    #[schemars(range(min = 1e-6, max = 1e6), extend("default" = 1.0))]
    pub threshold_factor: f64,
    /// How far thresholds move toward equal shares of the output spikes after each training image; 0: not at all.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e3), extend("default" = 0.0))]
    pub homeostasis_gain: f64,
    /// What is left of that gain at the end of the annealing.
    #[serde(skip_serializing_if = "unsaid::is_one")]
    #[schemars(range(min = 1e-6, max = 1.0), extend("default" = 1.0))]
    pub homeostasis_factor: f64,
    /// Over how many images the mean of output spikes runs that shares are parts of.
    #[serde(skip_serializing_if = "unsaid::is_hundred")]
    #[schemars(range(min = 1.0, max = 1e9), extend("default" = 100.0))]
    pub homeostasis_images: f64,
    /// No threshold falls by more than this part of T₀.
    #[serde(skip_serializing_if = "unsaid::is_lowest")]
    #[schemars(range(min = -0.99, max = 0.0), extend("default" = -0.9))]
    pub homeostasis_min: f64,
    /// No threshold rises by more than this part of T₀.
    #[serde(skip_serializing_if = "unsaid::is_highest")]
    #[schemars(range(min = 0.0, max = 1e6), extend("default" = 10.0))]
    pub homeostasis_max: f64,
    /// Until its first spike a threshold stands off by this part of T₀; 0: as it does later on.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = -0.99, max = 1e6), extend("default" = 0.0))]
    pub virgin_threshold: f64,
    /// Over how many training images gains and rates are annealed; needed where a factor is not 1.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0, max = 1_000_000_000), extend("default" = 0))]
    pub annealing_images: u64,
    /// What an own spike learns from: the last spike of each input, or what all did in this image.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "window"))]
    pub stdp_rule: StdpRule,
    /// Of the rule of counts: time constant of an input's trace \[ms\]; 0: it is the count of the image.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub stdp_trace_ms: f64,
    /// Of the rule of counts: what the traces of all inputs are brought to in sum \[mV\]; 0: each is as it is.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub stdp_sum_mv: f64,
    /// Of the rule of counts: what is added to each trace \[mV\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub stdp_offset_mv: f64,
    /// Of the rule of counts: what each synapse loses \[mV\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub stdp_decrement_mv: f64,
    /// How gains depend on x = g/g_max: exponential with β₊, which may be 0, or soft, as 1 − x.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "exponential"))]
    pub stdp_gain_dependence: Dependence,
    /// How losses do: exponential with β₋, which may be 0, or soft, as x.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "exponential"))]
    pub stdp_loss_dependence: Dependence,
    /// Of the rule of counts: the step constant η; what it begins with where `stdp_rate_power` is 0.
    #[serde(skip_serializing_if = "unsaid::is_rate")]
    #[schemars(range(min = 0.0, max = 1.0), extend("default" = 0.01))]
    pub stdp_rate: f64,
    /// η is n^(−this) at a neuron's n-th own spike, not below `stdp_rate`; 0: it is `stdp_rate`.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 10.0), extend("default" = 0.0))]
    pub stdp_rate_power: f64,
    /// What is left of η at the end of the annealing, where `stdp_rate_power` is 0.
    #[serde(skip_serializing_if = "unsaid::is_one")]
    #[schemars(range(min = 1e-6, max = 1.0), extend("default" = 1.0))]
    pub stdp_rate_factor: f64,
    /// Of the rule of counts: does a neuron's first spike put its weights where the rule would leave them?
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = false))]
    pub stdp_imprints: bool,
    /// When a neuron's weights are brought to `normalisation_mv`.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "never"))]
    pub normalisation: Normalise,
    /// What is brought there: the sum of its weights or their Euclidean norm.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "sum"))]
    pub normalisation_measure: Measure,
    /// To which size \[mV\].
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub normalisation_mv: f64,
    /// Are rates divided by the sum of an image, or by its norm? `rate_max_hz` is then that of the whole, or of the norm.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "none"))]
    pub image_gain: ImageGain,
    /// Are training images shown as they are stored, or shuffled anew each epoch?
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "stored"))]
    pub image_order: ImageOrder,
    /// How long an image is shown while labelling and testing \[ms\]; 0: as while training.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e9), extend("default" = 0.0))]
    pub test_image_ms: f64,
    /// The factor of all thresholds while labelling and testing; 0: `threshold_factor`.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(range(min = 0.0, max = 1e6), extend("default" = 0.0))]
    pub test_threshold_factor: f64,
    /// What a spike does to the others while labelling and testing; without it as while training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_inhibition: Option<Inhibition>,
    /// Training images that find the labels.
    #[schemars(range(min = 1))]
    pub label_images: usize,
    /// Test images that score.
    #[schemars(range(min = 1))]
    pub test_images: usize,
    /// The last so many training images train and label nothing: they are kept for validation.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = 0))]
    pub validation_images: usize,
    /// Which images score: of the test set, or the `validation_images`, under the metrics `accuracy_validation` and so on.
    #[serde(skip_serializing_if = "unsaid::is_default")]
    #[schemars(extend("default" = "test"))]
    pub score: Score,
    /// Precision of weights and state.
    pub precision: Precision,
}
