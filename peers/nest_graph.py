"""A network file in NEST: built anew and simulated once a round, on one thread.

Usage: nest_graph.py NETWORK DT_MS grid|precise

A round's time is the processor time of `Run`; building and `Prepare` are told apart. On the grid every spike is moved
to the end of its step; the precise models keep its place within the step, but their STDP does not. A capacitance of
tau_m pF makes a current of 1 pA a drive of 1 mV. `stdp_synapse_hom` without its dependence on the weight is additive
pair STDP over all pairs; NEST puts the whole delay behind the synapse, ours before it, so that in NEST a spike meets
the outputs of a delay ago at its sending, and here those until its arrival.
"""

import sys

import layer
import nest
import graph

MODELS = {
    ("delta", "grid"): "iaf_psc_delta",
    ("delta", "precise"): "iaf_psc_delta_ps",
    ("exponential", "grid"): "iaf_psc_exp",
    ("exponential", "precise"): "iaf_psc_exp_ps_lossless",
}
GENERATORS = {"grid": "poisson_generator", "precise": "poisson_generator_ps"}


def neurons(neuron, kind, tau_minus_ms):
    """A population."""
    limit_mv, tau_ms = neuron["rest_mv"] + neuron["bias_mv"], neuron["tau_membrane_ms"]
    membrane = {"E_L": limit_mv, "V_th": neuron["threshold_mv"], "V_reset": neuron["reset_mv"]}
    times = {"tau_m": tau_ms, "C_m": tau_ms, "t_ref": neuron["refractory_ms"], "tau_minus": tau_minus_ms}
    if neuron["synapses"] == "exponential":
        times |= {"tau_syn_ex": neuron["tau_synapse_ms"], "tau_syn_in": neuron["tau_synapse_ms"]}
    made = nest.Create(MODELS[neuron["synapses"], kind], neuron["count"], membrane | times)
    least_mv, most_mv = graph.span_mv(neuron)
    made.V_m = nest.random.uniform(least_mv, most_mv) if most_mv > least_mv else least_mv
    return made


def synapse(net, table):
    """The model and constants of a table's synapses."""
    rule = graph.rule(net, table)
    fixed = {"weight": table["weight_mv"], "delay": table["delay_ms"]}
    if rule is None:
        return fixed
    if rule["name"] not in nest.synapse_models:
        constants = {"tau_plus": rule["tau_gain_ms"], "lambda": rule["gain"], "alpha": rule["loss"] / rule["gain"]}
        additive = {"mu_plus": 0.0, "mu_minus": 0.0, "Wmax": rule["weight_max_mv"]}
        nest.CopyModel("stdp_synapse_hom", rule["name"], constants | additive)
    return fixed | {"synapse_model": rule["name"]}


def network(net, dt_ms, kind):
    """Recorders by population, and pairs (source, how many connections)."""
    nest.ResetKernel()
    nest.set(resolution=dt_ms, local_num_threads=1, rng_seed=net["seed"])
    tau_minus_ms = next((rule["tau_loss_ms"] for rule in net["learning"]), 20.0)
    parts = {neuron["name"]: neurons(neuron, kind, tau_minus_ms) for neuron in net["neurons"]}
    recorders = {name: nest.Create("spike_recorder") for name in parts}
    for name, recorder in recorders.items():
        nest.Connect(parts[name], recorder)
    sources = {source["name"]: source for source in net["inputs"]}
    # A generator gives every target a train of its own. Its delay may not shorten NEST's longest step between exchanges.
    least_ms = min(table["delay_ms"] for table in net["connections"] if table["from"] in parts)
    connected = []
    for table in net["connections"]:
        before, target = nest.num_connections, parts[table["to"]]
        if table["from"] in sources:
            source = sources[table["from"]]
            generator = nest.Create(GENERATORS[kind], {"rate": source["rate_hz"], "stop": float(source["until_ms"])})
            nest.Connect(generator, target, "all_to_all", {"weight": table["weight_mv"], "delay": least_ms})
        else:
            pairs = {"rule": "pairwise_bernoulli", "p": table["probability"], "allow_autapses": False}
            nest.Connect(parts[table["from"]], target, pairs, synapse(net, table))
        connected.append((table["from"], nest.num_connections - before))
    return recorders, connected


def main(path, dt_ms, kind):
    nest.verbosity = nest.VerbosityLevel.ERROR
    net = graph.read(path)

    def measured():
        building, running = layer.Clock(), layer.Clock()
        with building:
            recorders, connected = network(net, float(dt_ms), kind)
            nest.Prepare()
        with running:
            nest.Run(graph.UNTIL_MS)
        nest.Cleanup()
        spikes = {name: recorder.n_events for name, recorder in recorders.items()}
        return building.seconds, running.seconds, spikes, connected

    graph.serve(nest.__version__, net, measured)


if __name__ == "__main__":
    main(*sys.argv[1:])
