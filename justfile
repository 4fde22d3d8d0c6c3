# The things one does here. `just --list` names them.

default:
    @just --list

# every figure of the report that is there, on the real data; finished runs are skipped
replicate-all *ARGS:
    cargo run --release --locked -- replicate-all {{ARGS}}

# a first look at every figure, in less than a minute after the build
quick:
    cargo run --release --locked -- replicate-all --quick

# keep a finished replication with the code: just record records/2026-11-24
record FOLDER:
    cargo run --release --locked -- record {{FOLDER}}

# the newest record's table and verdicts from its runs, after claims or rules have changed
renew:
    cargo run --release --locked -- report --records "$(ls -d records/* | sort | tail -n 1)" --renew

# the README's results table, from the newest record
readme:
    cargo run --release --locked -- report --records "$(ls -d records/* | sort | tail -n 1)" --splice README.md

# the page and its figures, from the newest record: results/record/report.html
page:
    cargo run --release --locked -- report --records "$(ls -d records/* | sort | tail -n 1)" --out results/record

# the page in the system's Chromium (apt-get install chromium), with screenshots in target/page
test-report: page
    cd tests/browser && npm install --no-audit --no-fund --silent
    node tests/browser/page.mjs results/record/report.html target/page

# the notebooks, on the newest record, in an environment of their own; with outputs in target/notebooks
notebooks: wheel
    python3 -m venv target/notebooks-venv
    target/notebooks-venv/bin/pip install --quiet --disable-pip-version-check -r notebooks/requirements.txt
    target/notebooks-venv/bin/pip install --quiet --disable-pip-version-check --force-reinstall --no-deps target/wheels/spiketime-*.whl
    target/notebooks-venv/bin/python notebooks/run.py

# one wheel for Python 3.10 and up, for machines without Rust: target/wheels
wheel:
    .ci/python wheel

# the Python package from its wheel: tests, scikit-learn's checks, types, reference
test-python:
    .ci/python

# a study on a Dask cluster of this machine: a worker killed under way, then the client; bytes as on one thread
test-dask: wheel
    target/python-venv/bin/pytest -c python/pyproject.toml --rootdir python python/tests/test_dask.py

# the reference of the Python package, from its docstrings: target/python-docs/index.html
python-docs: wheel
    target/python-venv/bin/sphinx-build -W --keep-going -q python/docs target/python-docs

# what a training costs through Python and through the program
bench-python: wheel
    cargo build --release --locked --package spiketime-cli
    target/python-venv/bin/python python/bench/training.py target/release/spiketime

# what devices cost a training image, every kind beside the report's linear rule
bench-devices NEURONS="196":
    cargo run --release --locked -p spiketime-train --example devices -- {{NEURONS}}

# what Dask costs a run, and how many runs a second it hands out: into docs/many-machines.md
bench-dask: wheel
    target/python-venv/bin/python python/bench/cluster.py

# what a release holds, each tried in a clean environment: target/dist
dist: wheel
    target/python-venv/bin/python python/dist.py

# digits of 8 by 8 that scikit-learn carries, as a data set of one's own: results/digits/report.html
digits:
    python3 -m venv target/digits-venv
    target/digits-venv/bin/pip install --quiet --disable-pip-version-check -r tests/digits/requirements.txt
    target/digits-venv/bin/python studies/digits/make.py studies/digits/digits.npz
    cargo run --release --locked -- run studies/digits --results results/digits

# the accuracy of one unsupervised layer at every size: results/frontier/report.html, in three quarters of an hour
frontier *ARGS:
    cargo run --release --locked -- run experiments/frontier --results results/frontier {{ARGS}}

# how much variation of its devices a layer bears: results/devices/report.html, in ten minutes
devices *ARGS:
    cargo run --release --locked -- run experiments/devices --results results/devices {{ARGS}}

# the same layer, untuned, on other sets: results/elsewhere/report.html
elsewhere:
    python3 -m venv target/digits-venv
    target/digits-venv/bin/pip install --quiet --disable-pip-version-check -r tests/digits/requirements.txt
    cargo run --release --locked -- data fetch
    target/digits-venv/bin/python studies/elsewhere/make.py "$(cargo run --quiet --release --locked -- data path)/mnist" studies/elsewhere
    cargo run --release --locked -- run studies/elsewhere --results results/elsewhere

# the picture at the head of the README, from the newest record
picture: page
    cp results/record/figures/fig03.png docs/images/figure.png

# both engines side by side on 200 real images of every condition
compare-200:
    SPIKETIME_COMPARED_IMAGES=200 cargo test --release --locked -p spiketime-tests both_engines_give_the_same_bits_on_real_images

# the JSON Schemas of all files and docs/keys.md, after a type has changed
schema:
    cargo build --release --locked
    target/release/spiketime schema result > schemas/run.schema.json
    for kind in experiment study network device list status plan; do target/release/spiketime schema $kind > schemas/$kind.schema.json; done
    target/release/spiketime schema --markdown > docs/keys.md

# what one presentation costs
bench:
    cargo bench --locked -p spiketime-train --bench presentation

# what one presentation costs against the bare streaming of weight rows, one line a network size
bench-ratio:
    @cargo bench --quiet --locked -p spiketime-train --bench ratio

# what saving a run costs: into docs/reliability.md
bench-save:
    @cargo bench --quiet --locked -p spiketime-train --bench save

# what an image costs by stage, condition, size, rate and time: the tables and charts of docs/performance.md
bench-cost:
    cargo run --release --locked -p spiketime-page --example cost

# how often the rules of a verdict err, by simulation: into docs/replication.md
error-rates:
    cargo run --release --locked -p spiketime-study --example error_rates

# two threads against one, memory by network size, time to the first result: into docs/performance.md
bench-runs:
    cargo build --release --locked
    python3 tests/whole_runs.py target/release/spiketime

# the same layer in Brian 2, NEST and BindsNET (PyPI, gigabytes, in environments of their own), in turn with ours
bench-peers:
    cargo build --release --locked -p spiketime-train --example peers
    python3 peers/run.py target/release/examples/peers target/peers

# networks of the field in Brian 2 and NEST (PyPI, in environments of their own), in turn with `spiketime simulate`
bench-graphs *ARGS:
    cargo build --release --locked -p spiketime-cli
    python3 peers/graphs.py target/release/spiketime target/peers {{ARGS}}
    target/peers/brian2/bin/python peers/graph_costs.py target/release/spiketime

# licences, sources and duplicates of what we build on; needs cargo-deny, so it is not in CI
deny:
    cargo deny --locked check bans licenses sources
    if cargo deny --locked fetch db; then cargo deny --locked --offline check advisories; \
        else echo "the advisories cannot be had here, and so are not checked"; fi

# every reader of files from outside on inputs that libFuzzer makes: RUNS each; new ones lie in target/fuzz
fuzz RUNS="2000000":
    cargo install --quiet --locked cargo-fuzz --root target/cargo-fuzz
    # Nothing of ours is unsafe, so no sanitizer: it would find nothing and take most of the speed.
    for target in idx data experiment study result snapshot network weights; do \
        mkdir -p target/fuzz/$target && \
        RUSTC_BOOTSTRAP=1 nice target/cargo-fuzz/bin/cargo-fuzz run --sanitizer none $target \
            "$PWD/target/fuzz/$target" "$PWD/fuzz/corpus/$target" -- \
            -runs={{RUNS}} -max_len=4096 -rss_limit_mb=256 -timeout=10 || exit 1; \
    done

# 600 000 presentations in one process: resident memory must not grow
soak:
    cargo run --release --locked -p spiketime-train --example soak

# the engines' equality under AddressSanitizer, and under valgrind (which knows AVX2, not AVX-512)
sanitize:
    RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address cargo test --locked -p spiketime-sim --lib \
        --target x86_64-unknown-linux-gnu --target-dir target/sanitized
    RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address cargo test --locked -p spiketime-tests engines_agree \
        --target x86_64-unknown-linux-gnu --target-dir target/sanitized
    PROPTEST_CASES=50 valgrind --quiet --error-exitcode=1 \
        "$(cargo test --locked -p spiketime-tests --no-run 2>&1 | sed -n 's/.*(\(target.*\)).*/\1/p')" \
        engines_agree --test-threads 1

# the digest that debug and release builds are held to, after experiments or numbers have changed
digest:
    cargo run --release --locked -- verify | sed -n 's/.*SHA-256 //p' > tests/expected/smallest.sha256

# all tests
test:
    cargo test --locked

# a replication killed a hundred times, at random moments and inside writes, against one left alone
test-kill:
    cargo test --locked -p spiketime-cli --test cli killed -- --ignored --nocapture

# a study through a real Slurm of two nodes on this machine, of which one is lost under way; needs root and
# apt-get install slurmctld slurmd slurm-client slurm-wlm-basic-plugins
test-slurm *ARGS:
    cargo build --release --locked -p spiketime-cli
    python3 tests/slurm/run.py target/release/spiketime {{ARGS}}

# one study of 200 short runs by rayon, by Dask with a killed worker, by Slurm with a lost node: one digest; three minutes
test-clusters: wheel
    target/python-venv/bin/python tests/clusters.py target/release/spiketime

# what CI runs
check:
    .ci/run

# breaks the code in one place at a time: which test turns red? Takes about an hour
mutants:
    nice python3 tests/mutants.py

# Spiketime against Brian 2 and NEST (PyPI, in an environment of their own); writes docs/exactness.md
crosscheck:
    python3 -m venv target/crosscheck
    target/crosscheck/bin/pip install --quiet --requirement crosscheck/requirements.txt
    cargo build --release --locked -p spiketime-train -p spiketime-cli --example crosscheck --bin spiketime
    target/release/examples/crosscheck target/crosscheck
    target/crosscheck/bin/python crosscheck/run.py target/release/spiketime target/crosscheck
