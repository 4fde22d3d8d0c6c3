//! What read-outs learn from: the spikes that label images elicited, summed by class, image after image.
//!
//! ```text
//! n_c = label images of class c,  H_kc = Σ n_k over them,  L_kc = Σ ln(1 + n_k) over them
//! ```
//!
//! Sums grow in the order of the images, so that a lesson of so many images is the same whatever follows.

use spiketime_data::Class;
use spiketime_sim::laws::ln::ln;

/// What a count is to read-outs of logarithms.
#[must_use]
pub fn log_count(spikes: u32) -> f64 {
    ln(1.0 + f64::from(spikes))
}

/// One label image.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What it shows.
    pub class: Class,
    /// The neurons that spiked for it, ascending, and how often.
    pub spikes: Vec<(u32, u32)>,
}

/// What the label images so far elicited.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// n_c.
    pub images: Vec<u64>,
    /// H_kc: class by class of the first neuron, then of the next.
    pub spikes: Vec<u64>,
    /// L_kc likewise.
    pub log_spikes: Vec<f64>,
    /// Every image, where a read-out needs them one by one: they take more room than all sums.
    pub shown: Option<Vec<Shown>>,
}

impl Lesson {
    /// No image yet; `keeps_images`: does a read-out need them one by one?
    #[must_use]
    pub fn new(neurons: usize, classes: usize, keeps_images: bool) -> Lesson {
        Lesson {
            images: vec![0; classes],
            spikes: vec![0; neurons * classes],
            log_spikes: vec![0.0; neurons * classes],
            shown: keeps_images.then(Vec::new),
        }
    }

    /// Adds one image's spikes.
    pub fn add(&mut self, class: Class, spikes: &[u32]) {
        let (at, classes) = (usize::from(class), self.images.len());
        self.images[at] += 1;
        let spiking = spikes.iter().enumerate().filter(|&(_, &count)| count > 0);
        for (neuron, &count) in spiking.clone() {
            self.spikes[neuron * classes + at] += u64::from(count);
            self.log_spikes[neuron * classes + at] += log_count(count);
        }
        if let Some(shown) = &mut self.shown {
            let spikes = spiking.map(|(neuron, &count)| (neuron as u32, count)).collect();
            shown.push(Shown { class, spikes });
        }
    }
}
