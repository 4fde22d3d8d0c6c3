//! The inner loops of the dense engine, compiled for each instruction set and chosen at run time.
//!
//! No fused multiply-add and no sum across neurons: every instruction set gives the same bits.

use multiversion::multiversion;

use crate::event::InputSpike;
use crate::lif::{crosses, decay_factor, received};
use crate::real::Real;

macro_rules! kernels {
    ($real:ident, $integrate:ident, $decays:ident) => {
        #[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
        pub(crate) fn $integrate(
            potentials: &mut [$real],
            bounds: &[$real],
            weights: &[$real],
            spikes: &[InputSpike],
            decays: &[$real],
        ) -> Option<usize> {
            integrate(potentials, bounds, weights, spikes, decays)
        }

        #[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw", "x86_64+avx2"))]
        pub(crate) fn $decays(elapsed_ms: &[f64], tau_ms: f64, factors: &mut [$real]) {
            for (factor, &elapsed_ms) in factors.iter_mut().zip(elapsed_ms) {
                *factor = Real::rounded(decay_factor(elapsed_ms, tau_ms));
            }
        }
    };
}

kernels!(f32, integrate_f32, decays_f32);
kernels!(f64, integrate_f64, decays_f64);

/// Integrates input spikes, a row of weights each, until a potential stands above its bound.
///
/// `bounds` are the thresholds without their adaptive part, which is never negative: a neuron at
/// or below its bound cannot spike. Returns the position of that input spike, or `None` at the end.
#[inline(always)]
fn integrate<R: Real>(
    potentials: &mut [R],
    bounds: &[R],
    weights: &[R],
    spikes: &[InputSpike],
    decays: &[R],
) -> Option<usize> {
    let neurons = potentials.len();
    let bounds = &bounds[..neurons];
    for (position, (spike, &decay)) in spikes.iter().zip(decays).enumerate() {
        let row = &weights[spike.source as usize * neurons..][..neurons];
        let mut any = 0_u32;
        for ((potential, &weight), &bound) in potentials.iter_mut().zip(row).zip(bounds) {
            let new = received(*potential * decay, weight);
            *potential = new;
            any |= u32::from(crosses(new, bound));
        }
        if any != 0 {
            return Some(position);
        }
    }
    None
}
