# The things one does here. `just --list` names them.

default:
    @just --list

# every figure of the report that is there, on the real data; finished runs are skipped
replicate-all *ARGS:
    cargo run --release --locked -- replicate-all {{ARGS}}

# all tests
test:
    cargo test --locked

# what CI runs
check:
    .ci/run
