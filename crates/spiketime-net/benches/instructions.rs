//! 20 ms of the voltage-jump network with pair STDP, for an instruction count: times are noisy, counts are not.
//!
//! Run by `.ci/instructions` under callgrind, which collects within [`some_windows`] only.

use std::path::Path;

use spiketime_net::Net;
use spiketime_sim::Time;
use spiketime_sim::graph::Windows;

/// Within the first 50 ms its Poisson inputs drive every neuron.
const FROM_MS: f64 = 20.0;
const UNTIL_MS: f64 = 40.0;

fn main() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../networks/voltage-jump-stdp.toml");
    let net = Net::read(&file, UNTIL_MS, u64::MAX, &|_| true).expect("the network is sound");
    let mut windows = Windows::new(net.graph, Time::ZERO, 1).expect("the graph is sound");
    net.spikes.into_iter().for_each(|spike| windows.input(spike).expect("it lies ahead"));
    let before = some_spikes(&mut windows, FROM_MS);
    let delivered = windows.deliveries();
    let spikes = some_windows(&mut windows);
    println!("{before} spikes before, {spikes} spikes, {} deliveries", windows.deliveries() - delivered);
}

#[inline(never)]
fn some_windows(windows: &mut Windows) -> usize {
    some_spikes(windows, UNTIL_MS)
}

fn some_spikes(windows: &mut Windows, until_ms: f64) -> usize {
    let mut count = 0;
    while let Some(spikes) = windows
        .next_window(Time::from_ms(until_ms), |parts, work| parts.iter_mut().for_each(work))
        .expect("it runs")
    {
        count += spikes.len();
    }
    count
}
