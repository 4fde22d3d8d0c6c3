//! Weights as they are read in one presentation, where reading is noisy: of the inputs that spike in it.

use crate::event::InputSpike;
use crate::laws::chance::{Draw, address, put_normal, uniform};
use crate::layer::network::Network;
use crate::layer::rows::Rows;
use crate::real::Real;

pub(super) struct Heard<R> {
    /// What is read \[mV\].
    pub weights_mv: Rows<R>,
    /// Where the numbers of each neuron begin.
    addresses: Vec<u64>,
    inputs: Vec<usize>,
}

impl<R: Real> Heard<R> {
    /// `None` where reading is exact.
    #[inline(always)]
    pub fn new(network: &Network<R>, spikes: &[InputSpike]) -> Option<Heard<R>> {
        if network.layer.variation.read_sd == 0.0 {
            return None;
        }
        let mut inputs: Vec<usize> = spikes.iter().map(|spike| spike.source as usize).collect();
        inputs.sort_unstable();
        inputs.dedup();
        let address = |neuron| address(network.own.reading, neuron, 0, Draw::Reading);
        let addresses = (0..network.neurons()).map(address).collect();
        let mut heard = Heard { weights_mv: network.weights_mv.clone(), addresses, inputs };
        heard.read_all(network);
        Some(heard)
    }

    #[inline(always)]
    fn read_all(&mut self, network: &Network<R>) {
        let mut numbers = vec![0.0; self.addresses.len()];
        for &input in &self.inputs {
            for (number, &address) in numbers.iter_mut().zip(&self.addresses) {
                *number = uniform(address, input);
            }
            put_normal(&mut numbers);
            let weights_mv = self.weights_mv.row_mut(input).iter_mut().flat_map(|tile| &mut tile.0);
            for (weight, &number) in weights_mv.zip(&numbers) {
                *weight = network.layer.variation.read(*weight, number);
            }
        }
    }

    /// These neurons have learned.
    #[inline(always)]
    pub fn learned(&mut self, network: &Network<R>, winners: &[u32]) {
        for &winner in winners {
            for &input in &self.inputs {
                let neuron = winner as usize;
                self.weights_mv[(input, neuron)] = network.read(input, neuron);
            }
        }
    }
}
