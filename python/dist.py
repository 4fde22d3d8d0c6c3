"""What a release holds, each tried in a clean environment: target/dist.

The wheel, the source package, the program with completions and manual pages, the licences of all that is compiled in, and
SHA-256 of each. Usage: python python/dist.py, with the wheel in target/wheels: `just dist`.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DIST = ROOT / "target" / "dist"
SHELLS = ("bash", "zsh", "fish", "powershell", "elvish")
# A machine of somebody else: no Rust, nothing of this repository.
CLEAN = {"PATH": "/usr/bin:/bin", "HOME": "", "LANG": "C.UTF-8"}


def run(*command: object, **options: object) -> str:
    """What it prints; an error ends everything."""
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, **options).stdout  # type: ignore[call-overload]


def licences() -> str:
    """Every package that is compiled in, with the texts that lie beside its source."""
    metadata = json.loads(run("cargo", "metadata", "--format-version", "1", "--locked", cwd=ROOT))
    tree = "cargo tree --locked --prefix none --edges normal --format {p} -p spiketime-cli -p spiketime-python".split()
    used = {tuple(line.split()[:2]) for line in run(*tree, cwd=ROOT).splitlines() if line}
    told = []
    for package in sorted(metadata["packages"], key=lambda package: (package["name"], package["version"])):
        if package["source"] is None or (package["name"], f"v{package['version']}") not in used:
            continue
        folder = pathlib.Path(package["manifest_path"]).parent
        texts = [path for path in sorted(folder.iterdir()) if path.name.upper().startswith(("LICEN", "COPYING", "NOTICE"))]
        head = f"{package['name']} {package['version']}: {package['license']}\n{package['repository'] or ''}\n"
        bodies = [path.read_text(errors="replace") for path in texts if path.is_file()]
        told.append("=" * 100 + "\n" + head + "\n" + "\n\n".join(bodies))
    return "\n".join(told)


def program(version: str) -> pathlib.Path:
    """The program with what a shell and `man` want to know of it."""
    # Together, so that what `just wheel` has built serves too.
    run("cargo", "build", "--release", "--locked", "-p", "spiketime-cli", "-p", "spiketime-python", cwd=ROOT)
    machine = f"{os.uname().machine}-{os.uname().sysname.lower()}"
    folder = DIST / f"spiketime-{version}-{machine}"
    (folder / "completions").mkdir(parents=True)
    shutil.copy(ROOT / "target" / "release" / "spiketime", folder)
    for shell in SHELLS:
        (folder / "completions" / f"spiketime.{shell}").write_text(run(folder / "spiketime", "completions", shell))
    run(folder / "spiketime", "man", folder / "man")
    for name in ("README.md", "LICENSE-MIT", "LICENSE-APACHE", "CITATION.cff"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder)
    shutil.copy(DIST / "LICENCES.txt", folder)
    packed = folder.with_name(folder.name + ".tar.gz")
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(folder, folder.name)
    shutil.rmtree(folder)
    return packed


def tried_in_an_environment(package: pathlib.Path, named: str, environment: dict[str, str]) -> None:
    """Installs a package where nothing is, and trains a layer."""
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, "-m", "venv", folder)
        pip = [f"{folder}/bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        run(*pip, named, env={**os.environ, **environment}, cwd=folder)
        lines = (
            "import spiketime; train, labels, *_ = spiketime.data(sample=True);"
            "print(spiketime.Layer(neurons=9).train(train).label(train, labels))"
        )
        print(package.name, "→", run(f"{folder}/bin/python", "-c", lines, env=CLEAN, cwd=folder).strip())
        print(package.name, "→", run(f"{folder}/bin/spiketime", "--version", env=CLEAN, cwd=folder).splitlines()[0])


def tried_as_a_program(packed: pathlib.Path) -> None:
    """Unpacks it where nothing is, and runs an experiment on the embedded sample."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")
        own = pathlib.Path(folder) / packed.name.removesuffix(".tar.gz")
        run(own / "spiketime", "run", "fig06", "--sample", env={**CLEAN, "HOME": folder}, cwd=folder, stderr=subprocess.DEVNULL)
        made = sorted(path.name for path in (pathlib.Path(folder) / "results" / "sample").iterdir())
        pages = len(list((own / "man").iterdir()))
        print(packed.name, "→", f"{pages} manual pages;", ", ".join(made))


def main() -> None:
    """Makes and tries everything."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    (wheel,) = (ROOT / "target" / "wheels").glob("spiketime-*.whl")
    version = wheel.name.split("-")[1]
    shutil.copy(wheel, DIST)
    # All that is compiled in lies beside the crates (the report's study, the embedded images), so the source is all of it.
    source = DIST / f"spiketime-{version}-source.tar.gz"
    run("git", "archive", f"--prefix=spiketime-{version}/", "-o", source, "HEAD", cwd=ROOT)
    (DIST / "LICENCES.txt").write_text(licences())
    packed = program(version)
    tried_in_an_environment(DIST / wheel.name, str(DIST / wheel.name), {"PATH": CLEAN["PATH"]})
    tried_in_an_environment(source, f"{source.as_uri()}#subdirectory=python", {})
    tried_as_a_program(packed)
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(DIST.iterdir())]
    (DIST / "SHA256SUMS").write_text("\n".join(sums) + "\n")
    print("\n".join(sums))


if __name__ == "__main__":
    main()
