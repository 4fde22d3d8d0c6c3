//! Laws that cross crate borders. One test binary, one module a law's home.

mod all_laws_agree; // both engines under every law, on layers full of coincidences
mod all_laws_hold; // what holds under every law of a layer
mod analytic; // both engines and the dice against closed forms
mod analytic_graph; // neurons that cross between inputs, against closed forms
mod both_graphs; // both engines for graphs as one
mod branch; // trained under one condition, then under another
mod claims; // judged where they speak
mod clock; // the millionth presentation
mod companies; // runs that show the same input spikes
mod corpus; // of the fuzz targets, replayed
mod device_chance; // chance from cycle to cycle, 10^6 numbers
mod device_files; // conditions that name one
mod devices_agree; // both engines where synapses are devices that differ
mod engines_agree; // on random layers full of ties
mod fixture; // reads the tables of fixtures/lif
mod graph_laws;
mod graph_windows; // of graphs under way, and the graph against the report's layer
mod grids; // keys crossed in a file, their names, columns, errors
mod house; // what the simulator may use, and that nothing is unsafe
mod imports; // no two files import each other
mod label_networks; // whose labels a point is scored with
mod layer_fixtures; // both engines against layers traced by a script
mod layer_laws; // of one layer under way, both engines
mod layer_oracle; // no crossing between inputs, 10^5 states of each combination of laws
mod layer_states; // of which they are
mod measures; // the bounds of what is told of a weight map
mod other_laws; // presets, keys that contradict each other, images that end early
mod page; // made from the committed record, and from nothing
mod passes; // of images, against presentations made by hand
mod readouts; // against scikit-learn, numpy and fractions, and through a run
mod real_images; // the engines again, on real images of every condition
mod records; // experiments, the records they make, and their schema
mod resume; // a run that was cut ends with the same bytes
mod same_bytes; // on every instruction set, in debug and release
mod sample; // the embedded sample and the readers
mod schemas; // what a file may say, for editors and people
mod stored; // what a stored result counts as
mod traces;
mod validation; // images that train nothing and score apart // three neurons and five inputs, computed by hand
