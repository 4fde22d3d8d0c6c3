"""NEST's precise neurons against `spiketime simulate`, and the STDP case in which NEST drops an input's offset."""

import json
import pathlib
import subprocess

import nest

TAU_MS, TAU_SYNAPSE_MS, CAPACITY_PF, REFRACTORY_MS = 10.0, 2.0, 250.0, 2.0
TO_MV = TAU_MS / CAPACITY_PF  # A current [pA] times the membrane's resistance.
THRESHOLD_MV = 15.0
CURRENTS_PA = [400.0, 390.0, 0.0, 350.0, 410.0]
RING_PA, RING_DELAYS_MS = [120.0, 900.0, 700.0, -200.0, 60.0], [1.0, 1.5, 2.0, 1.25, 3.0]


def simulated(program, toml, until_ms, folder):
    net, out = pathlib.Path(folder) / "net.toml", pathlib.Path(folder) / "spikes.json"
    net.write_text(toml)
    done = [program, "simulate", str(net), "--until", str(until_ms), "--out", str(out)]
    subprocess.run(done, check=True, stdout=subprocess.DEVNULL)
    return json.loads(out.read_text())


def ring_toml():
    tables = []
    for index, current in enumerate(CURRENTS_PA):
        tables.append(
            f'[[neurons]]\nname = "{index}"\nsynapses = "exponential"\ntau_synapse_ms = {TAU_SYNAPSE_MS}\n'
            f"tau_membrane_ms = {TAU_MS}\nthreshold_mv = {THRESHOLD_MV}\nrefractory_ms = {REFRACTORY_MS}\n"
            f"bias_mv = {current * TO_MV!r}"
        )
    for index, (weight, delay) in enumerate(zip(RING_PA, RING_DELAYS_MS)):
        tables.append(
            f'[[connections]]\nfrom = "{index}"\nto = "{(index + 1) % 5}"\ndelay_ms = {delay}\n'
            f"weight_mv = {weight * TO_MV!r}"
        )
    return "\n".join(tables)


def ring_in_nest(until_ms, resolution_ms):
    nest.ResetKernel()
    nest.set(resolution=resolution_ms, print_time=False)
    constants = {
        "tau_m": TAU_MS, "tau_syn_ex": TAU_SYNAPSE_MS, "tau_syn_in": TAU_SYNAPSE_MS, "C_m": CAPACITY_PF,
        "t_ref": REFRACTORY_MS, "E_L": 0.0, "V_reset": 0.0, "V_m": 0.0, "V_th": THRESHOLD_MV,
    }
    neurons = nest.Create("iaf_psc_exp_ps_lossless", 5, constants)
    neurons.I_e = CURRENTS_PA
    for index, (weight, delay) in enumerate(zip(RING_PA, RING_DELAYS_MS)):
        nest.Connect(neurons[index], neurons[(index + 1) % 5], syn_spec={"weight": weight, "delay": delay})
    recorder = nest.Create("spike_recorder")
    nest.Connect(neurons, recorder)
    nest.Simulate(until_ms + 10.0)
    events = recorder.events
    found = sorted(zip(events["times"], events["senders"] - 1))
    return [(t, i) for t, i in found if t <= until_ms]


def ring(program, folder, until_ms=500.0, resolution_ms=0.25):
    spikes = simulated(program, ring_toml(), until_ms, folder)["spikes"]
    ours = sorted(zip(spikes["times_ms"], spikes["neurons"]))
    theirs = ring_in_nest(until_ms, resolution_ms)
    same = [i for _, i in ours] == [i for _, i in theirs]
    moved = max(abs(a - b) for (a, _), (b, _) in zip(ours, theirs))
    return {"ours": len(ours), "theirs": len(theirs), "same_order": same, "largest_move_ms": float(moved)}


RULE = {"lambda": 0.1, "alpha": 0.5, "tau_plus": 20.0, "Wmax": 10.0, "mu_plus": 0.0, "mu_minus": 0.0}
TAU_MINUS_MS, DELAY_MS, WEIGHT = 20.0, 1.0, 5.0
INPUTS_MS, OUTPUT_MS = [10.0, 60.0], 25.0


def stdp_in_nest(offset_ms, resolution_ms):
    """Parrots repeat their generator's spikes 1 ms later, at the precise time."""
    nest.ResetKernel()
    nest.set(resolution=resolution_ms, print_time=False)
    trains = [[INPUTS_MS[0] + offset_ms, INPUTS_MS[1]], [OUTPUT_MS]]
    parrots = nest.Create("parrot_neuron_ps", 2)
    parrots[1].tau_minus = TAU_MINUS_MS
    for train, parrot in zip(trains, parrots):
        settings = {"spike_times": train, "precise_times": True}
        nest.Connect(nest.Create("spike_generator", 1, settings), parrot, syn_spec={"delay": 1.0})
    spec = {"synapse_model": "stdp_synapse", "weight": WEIGHT, "delay": DELAY_MS, **RULE}
    # Receptor 1 of a parrot takes spikes without repeating them: the output train stays as it is.
    nest.Connect(parrots[0], parrots[1], syn_spec={**spec, "receptor_type": 1})
    nest.Simulate(100.0)
    return nest.GetConnections(parrots[0], parrots[1]).get("weight")


def stdp_ours(program, folder, offset_ms):
    """NEST's delay lies on the output's side: an output reaches the synapse `DELAY_MS` later."""
    inputs = [INPUTS_MS[0] + offset_ms + 1.0, INPUTS_MS[1] + 1.0]
    toml = f"""
[[neurons]]
name = "out"
tau_membrane_ms = 1e-6
threshold_mv = 100
[[inputs]]
name = "in"
spikes_ms = {inputs}
[[inputs]]
name = "drive"
spikes_ms = [{OUTPUT_MS + 1.0 + DELAY_MS}]
[[learning]]
name = "pairs"
rule = "all-to-all"
weight_max_mv = {RULE['Wmax']}
gain = {RULE['lambda']}
loss = {RULE['lambda'] * RULE['alpha']}
tau_gain_ms = {RULE['tau_plus']}
tau_loss_ms = {TAU_MINUS_MS}
[[connections]]
from = "in"
to = "out"
weight_mv = {WEIGHT}
learning = "pairs"
[[connections]]
from = "drive"
to = "out"
weight_mv = 1000
"""
    return simulated(program, toml, 100.0, folder)["learned"][0]["weight_mv"]


def stdp(program, folder):
    for offset_ms in [0.0, -0.4, -0.9]:
        yield {
            "offset_ms": offset_ms,
            "nest_1ms": stdp_in_nest(offset_ms, 1.0),
            "nest_01ms": stdp_in_nest(offset_ms, 0.1),
            "ours": stdp_ours(program, folder, offset_ms),
        }
