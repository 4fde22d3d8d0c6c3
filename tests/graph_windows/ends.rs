//! Where engines part if they part: peaks that touch a threshold, constants at the ends of what is taken, errors.

use super::*;

/// t* and v(t*) of a neuron that a current of 1 mV drives from 0: exponents from outside, by the platform's functions.
fn peak(tau_membrane_ms: f64, tau_synapse_ms: f64) -> f64 {
    let ratio = tau_synapse_ms / tau_membrane_ms;
    let peak_ms = tau_membrane_ms * ratio / (ratio - 1.0) * ratio.ln();
    ratio / (ratio - 1.0) * ((-peak_ms / tau_synapse_ms).exp() - (-peak_ms / tau_membrane_ms).exp())
}

#[test]
fn a_peak_that_touches_the_threshold_to_the_last_bit_is_seen_by_both_or_by_none() {
    let (mut crossed, mut missed) = (0, 0);
    for tau_synapse_ms in [0.5, 2.0, 5.0, 19.0, 50.0] {
        for weight_mv in [1.0, 30.0, 77.7] {
            let mut threshold_mv = weight_mv * peak(20.0, tau_synapse_ms);
            (0..12).for_each(|_| threshold_mv = threshold_mv.next_down());
            for _ in 0..24 {
                threshold_mv = threshold_mv.next_up();
                let synapses = Synapses::Exponential { tau_synapse_ms };
                let neuron = Neuron { synapses, threshold_mv, refractory_ms: 2.5, ..Neuron::default() };
                let mut graph =
                    Graph { inputs: 2, neurons: vec![neuron; NEURONS as usize], ..Graph::default() };
                (0..NEURONS).for_each(|target| graph.connect(Source::Input(0), target, 0.0, weight_mv));
                (0..NEURONS).step_by(2).for_each(|target| graph.connect(Source::Input(1), target, 0.0, 0.0));
                let inputs = [(0, 1.0), (1, 2.0), (1, 3.5), (1, 7.0), (1, 40.0)]
                    .map(|(source, ms)| InputSpike { at: Time::from_ms(ms), source });
                let case = Case { graph, inputs: inputs.into(), pieces: vec![(UNTIL_MS, 0, 0.0)] };
                let expected = by_reference(&case);
                assert_same(&case, &expected, &by_windows(&case, 2, false), "a tangency");
                if expected.spikes.is_empty() { missed += 1 } else { crossed += 1 }
            }
        }
    }
    // Both sides of a touch were met.
    assert!(crossed > 50 && missed > 50, "{crossed} crossed, {missed} did not");
}

fn any_mv() -> impl Strategy<Value = f64> {
    let sizes = vec![0.0, -0.0, 5e-324, 1e-310, 1e-300, 1e-9, 1.0, 50.0, 1e12];
    (prop::sample::select(sizes), prop::bool::ANY).prop_map(|(size, below)| if below { -size } else { size })
}

fn any_ms() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![1e-9, 1e-3, 20.0, 20.000_000_1, 1e12])
}

/// A neuron whose constants may all lie at the ends of what is taken.
fn extreme() -> impl Strategy<Value = Neuron> {
    let synapses = prop_oneof![
        (any_mv(), any_ms()).prop_map(|(step_mv, tau_adaptation_ms)| Synapses::Delta {
            adaptation_mv: step_mv.abs(),
            tau_adaptation_ms
        }),
        any_ms().prop_map(|tau_synapse_ms| Synapses::Exponential { tau_synapse_ms }),
    ];
    let refractory = prop_oneof![Just(0.0), Just(5e-324), Just(2.5), Just(1e12)];
    let potentials = [any_mv(), any_mv(), any_mv(), any_mv(), any_mv()];
    (synapses, any_ms(), potentials, refractory)
        .prop_map(
            |(synapses, tau_membrane_ms, [rest_mv, bias_mv, threshold_mv, reset_mv, initial_mv], rest_ms)| {
                Neuron {
                    synapses,
                    tau_membrane_ms,
                    rest_mv,
                    bias_mv,
                    threshold_mv,
                    reset_mv,
                    refractory_ms: rest_ms,
                    initial_mv,
                }
            },
        )
        .prop_filter("what is taken", |neuron| neuron.broken_rule().is_none())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn whatever_a_neuron_may_be_both_engines_say_the_same(
        neuron in extreme(),
        weights in [any_mv(), any_mv()],
        bias_mv in any_mv(),
    ) {
        let mut graph = Graph { inputs: 2, neurons: vec![neuron; NEURONS as usize], ..Graph::default() };
        for (input, weight_mv) in (0..).zip(weights) {
            (0..NEURONS).for_each(|target| graph.connect(Source::Input(input), target, 0.0, weight_mv));
        }
        let inputs = [(0, 0.0), (1, 0.0), (0, 1e-300), (1, 3.0), (0, 1e6)]
            .map(|(source, ms)| InputSpike { at: Time::from_ms(ms), source });
        let pieces = vec![(0.0, 0, bias_mv), (1.0, 3, bias_mv), (2e6, 0, 0.0)];
        let case = Case { graph, inputs: inputs.into(), pieces };
        // A window may hold any number of spikes here: of too many the earliest are compared.
        let expected = by_reference(&case);
        assert_same(&case, &expected, &by_windows(&case, 3, false), "extremes");
    }
}

#[test]
fn what_comes_before_an_error_is_told_also_of_neurons_beside_one_of_too_many_spikes() {
    let synapses = Synapses::Delta { adaptation_mv: 5e-324, tau_adaptation_ms: 20.000_000_1 };
    let neuron =
        Neuron { synapses, bias_mv: 50.0, threshold_mv: 0.0, reset_mv: -5e-324, ..Neuron::default() };
    let graph = Graph { neurons: vec![neuron; NEURONS as usize], ..Graph::default() };
    // Neuron 0 has thousands of spikes before 1 ms; its neighbours fail long before that.
    let case = Case { graph, inputs: Vec::new(), pieces: vec![(0.0, 0, 1e-310), (1.0, 3, 0.0)] };
    let expected = by_reference(&case);
    assert!(expected.error.is_some() && expected.spikes.len() < 1000, "{:?}", expected.error);
    for parts in [1, 3, 7] {
        assert_same(&case, &expected, &by_windows(&case, parts, false), "too many beside too fast");
    }
}

#[test]
fn spikes_too_fast_delays_too_short_and_spikes_too_many_end_in_an_error_that_says_so() {
    let fast = Neuron { bias_mv: 1e12, tau_membrane_ms: 1e-9, ..Neuron::default() };
    let driven = Neuron { bias_mv: 100.0, ..Neuron::default() };
    let run = |neuron: Neuron, delay_ms: f64, start_ms: f64, most: usize| {
        let mut graph = Graph { neurons: vec![neuron, Neuron::default()], ..Graph::default() };
        graph.connect(Source::Neuron(0), 1, delay_ms, 1.0);
        let mut simulation = Windows::new(graph, Time::from_ms(start_ms), 2).expect("a graph");
        simulation.limit(most);
        loop {
            match simulation.next_window(Time::from_ms(start_ms + 100.0), one_by_one) {
                Ok(Some(_)) => {}
                Ok(None) => return "no error".to_owned(),
                Err(error) => return error.to_string(),
            }
        }
    };
    let too_fast = run(fast, 1.0, 1e6, usize::MAX);
    assert!(too_fast.contains("neuron 0 spikes twice at 1000000 ms"), "{too_fast}");
    let lost = run(driven, 1e-300, 0.0, usize::MAX);
    assert!(lost.starts_with("a delay of 1e-300 ms is lost at 13.86"), "{lost}");
    let many = run(driven, 90.0, 0.0, 4);
    assert!(many.starts_with("more than 4 spikes within one delay by 90 ms"), "{many}");
}

#[test]
fn windows_in_which_nothing_can_happen_are_skipped() {
    let driven = Neuron { bias_mv: 100.0, ..Neuron::default() };
    let mut graph = Graph { neurons: vec![driven, Neuron::default()], ..Graph::default() };
    graph.connect(Source::Neuron(0), 1, 1e-6, 1.0);
    let mut simulation = Windows::new(graph, Time::ZERO, 1).expect("a graph");
    let (mut windows, mut spikes) = (0, 0);
    while let Some(found) = simulation.next_window(Time::from_ms(139.0), one_by_one).expect("no error") {
        (windows, spikes) = (windows + 1, spikes + found.len());
    }
    // A spike each 13.86 ms: of 139 million windows there are a few a spike.
    assert_eq!(spikes, 10);
    assert!(windows < 100, "{windows}");
}

#[test]
fn neurons_that_differ_in_the_sign_of_a_zero_stay_two_kinds() {
    let mut graph = Graph { inputs: 1, ..Graph::default() };
    for reset_mv in [0.0, -0.0, 0.0, -0.0, 0.0, -0.0, 0.0] {
        let target = graph.add(Neuron { reset_mv, refractory_ms: 50.0, ..Neuron::default() });
        graph.connect(Source::Input(0), target, 0.0, 60.0);
    }
    let inputs = vec![InputSpike { at: Time::from_ms(1.0), source: 0 }];
    let case = Case { graph, inputs, pieces: vec![(20.0, 0, 0.0)] };
    let expected = by_reference(&case);
    assert_same(&case, &expected, &by_windows(&case, 1, false), "signs of zero");
}

#[test]
fn an_input_whose_delay_no_time_can_tell_arrives_at_once_by_both() {
    let mut graph =
        Graph { inputs: 1, neurons: vec![Neuron::default(); NEURONS as usize], ..Graph::default() };
    graph.connect(Source::Input(0), 0, 1e-300, 60.0);
    graph.connect(Source::Input(0), 0, 0.0, -1.0);
    let inputs = vec![InputSpike { at: Time::from_ms(20.0), source: 0 }];
    let case = Case { graph, inputs, pieces: vec![(40.0, 0, 0.0)] };
    let expected = by_reference(&case);
    assert_eq!((expected.spikes.len(), expected.error.as_deref()), (1, None));
    assert_same(&case, &expected, &by_windows(&case, 2, false), "a lost delay");
}

#[test]
fn all_of_time_and_any_number_of_parts_are_taken() {
    for parts in [0, 1, usize::MAX] {
        let mut graph = Graph { inputs: 1, ..Graph::default() };
        graph.add(Neuron::default());
        graph.connect(Source::Input(0), 0, 0.0, 60.0);
        let mut simulation = Windows::new(graph, Time::from_ms(-5.0), parts).expect("a graph");
        simulation.input(InputSpike { at: Time::from_ms(-2.0), source: 0 }).expect("it lies ahead");
        let mut count = 0;
        while let Some(spikes) = simulation.next_window(Time::END, one_by_one).expect("it runs") {
            count += spikes.len();
        }
        assert_eq!(count, 1, "{parts} parts");
    }
}
