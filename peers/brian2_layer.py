"""The report's neurons in Brian 2, and what inhibits them: the same in both of its modes."""

import brian2 as b2
import layer


def neurons():
    """With an adaptive threshold; v and T in mV."""
    return b2.NeuronGroup(
        layer.NEURONS,
        "dv/dt = -v / tau : 1\ndT/dt = -T / tau_T : 1",
        threshold=f"v > {layer.THRESHOLD_MV} + T",
        reset=f"v = 0; T += {layer.STEP_MV}",
        method="exact",
        namespace={"tau": layer.TAU_MS * b2.ms, "tau_T": layer.TAU_ADAPTATION_MS * b2.ms},
    )


def winner_takes_all(group):
    """Made after the plastic synapses: of one step, Brian 2 takes them in this order."""
    inhibition = b2.Synapses(group, group, on_pre="v_post = 0")
    inhibition.connect(condition="i != j")
    return inhibition


def learning(last, tolerance):
    """The rectangle of 20 ms at an output spike; `last` names an input's last spike, `tolerance` is of the grid."""
    recent = f"int(t - {last} <= {layer.WINDOW_MS}*ms + {tolerance})"
    return f"w = clip(w + {layer.GAIN + layer.LOSS} * {recent} - {layer.LOSS}, 0, 1)"
