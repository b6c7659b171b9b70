"""What the documents say of the reference results is what the Parquet files hold."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from bench.report.comparisons import compare
from bench.report.data import SweepData
from bench.report.data.facets import split as facets
from bench.report.text import ratio_text
from bench.store import read_sweep

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "results" / "reference"


def words(path: Path) -> str:
    """A document's text with its lines joined."""
    return " ".join(path.read_text(encoding="utf-8").split())


def last_epochs(sweep: str) -> pd.DataFrame:
    files = sorted((REFERENCE / sweep).glob("runs/*/epochs.parquet"))
    epochs = pd.concat([pd.read_parquet(file) for file in files])
    return epochs.sort_values(["seed", "epoch"]).groupby("run_id", sort=False).tail(1)


def of_seeds(frame: pd.DataFrame, label: str) -> str:
    """``8, 5 and 8``: the modes that each seed captured."""
    *most, last = frame.loc[frame["label"] == label, "modes_captured"].astype(str)
    return f"{', '.join(most)} and {last}"


def test_the_modes_of_the_ring() -> None:
    ring = last_epochs("pacgan-ring")
    assert set(ring.groupby("label")["seed"].count()) == {3}
    text = words(REFERENCE / "README.md")
    assert f"the GAN's seeds have {of_seeds(ring, 'GAN')} of the eight modes" in text
    assert set(ring.loc[ring["label"] != "GAN", "modes_captured"]) == {8}
    assert "every seed of PacGAN2, 3 and 4 has 8" in text


@pytest.mark.parametrize("document", ["results/reference/README.md", "docs/variants.md"])
def test_the_modes_of_the_grid(document: str) -> None:
    grid = last_epochs("pacgan-grid")
    text = words(ROOT / document)
    for label in ("GAN", "PacGAN2", "PacGAN3", "PacGAN4"):
        seeds = of_seeds(grid, label)
        said = [f"{label}'s seeds have {seeds}", f"{label}'s three seeds had captured {seeds}"]
        assert any(part in text for part in [*said, f"{label}'s {seeds}"]), (label, seeds)


def test_the_high_quality_shares_and_hours_of_the_grid() -> None:
    grid = last_epochs("pacgan-grid")
    means = grid.groupby("label")["high_quality_fraction"].mean() * 100
    *most, last = [f"{means[label]:.0f}" for label in ("GAN", "PacGAN2", "PacGAN3", "PacGAN4")]
    assert f"({', '.join(most)} and {last} %)" in words(REFERENCE / "README.md")
    hours = grid.groupby("label")["elapsed_seconds"].max().sum() / 3600  # of a stack, once
    assert f"took {hours:.1f} hours of one core" in words(ROOT / "docs" / "variants.md")


def values(frame: pd.DataFrame, column: str, form: str, factor: float = 1) -> dict[str, str]:
    """``4.9, 5.1 and 5.2`` of each configuration: a column of its seeds."""
    found = {}
    for label, rows in frame.groupby("label"):
        *most, last = [format(factor * value, form) for value in rows[column]]
        found[label] = f"{', '.join(most)} and {last}"
    return found


def means(frame: pd.DataFrame, column: str, factor: float = 1) -> pd.Series:
    return factor * frame.groupby("label")[column].mean()


def test_the_vector_critic() -> None:
    last = last_epochs("vector-critic")
    assert set(last.groupby("label")["seed"].count()) == {3}
    assert set(last["epoch"]) == {24}
    text = words(ROOT / "docs" / "variants.md")
    fcd, share = values(last, "fcd", ".1f"), values(last, "conditional_accuracy", ".0f", 100)
    for critic, label in (("score, WGAN-GP", "scalar"), ("vector, √L", "vector")):
        both = f"{label} conditional"
        assert f"| {critic} | yes | {fcd[both]} | {share[both]} % |" in text
        assert f"| {critic} | no | {fcd[label]} | |" in text
    for critic, label in (
        ("vector, √L, clipped weights", "vector clipped"),
        ("vector, L, penalty", "plain penalty"),
        ("vector, L", "plain"),
    ):
        assert f"| {critic} | no | {fcd[label]} | |" in text
    quality, asked = means(last, "fcd"), means(last, "conditional_accuracy", 100)
    ratio = quality["vector conditional"] / quality["scalar conditional"]
    assert f"mean FCD is {ratio:.2f} times the scalar critic's" in text
    assert ratio <= 1.25, "the aim"
    ours, theirs = asked["vector conditional"], asked["scalar conditional"]
    assert f"{ours:.0f} % of its digits are of the class asked for, against {theirs:.0f} %" in text
    assert theirs - ours <= 15, "the aim"
    assert (last.loc[last["label"] == "plain", "product_metric"] > 50_000).all()
    assert quality.idxmax() == "plain"
    slopes = means(last, "penalty") ** 0.5
    said = (
        f"{slopes['plain penalty']:.2f} in the last epoch for L and {slopes['vector']:.2f} for √L"
    )
    assert f"mean penalty, which is how far they are from 1, is {said}" in text


def test_the_icons() -> None:
    files = sorted((REFERENCE / "icons").glob("runs/*/epochs.parquet"))
    epochs = pd.concat([pd.read_parquet(file) for file in files])
    early, last = means(epochs[epochs["epoch"] == 10], "fcd"), last_epochs("icons")
    assert set(last.groupby("label")["seed"].count()) == {3}
    assert set(last["epoch"]) == {60}
    late = means(last, "fcd")
    text = words(ROOT / "docs" / "variants.md")
    assert f"from {early['vector']:.1f} (epoch 10) to {late['vector']:.1f} without" in text
    both = f"from {early['vector conditional']:.1f} to {late['vector conditional']:.1f} with them"
    assert both in text
    scalars = f"is {late['scalar']:.1f} and {late['scalar conditional']:.1f}"
    assert f"The scalar critic's {scalars}, and lower in every seed" in text
    worst, best = last.groupby("label")["fcd"].max(), last.groupby("label")["fcd"].min()
    for classes in ("", " conditional"):
        assert worst[f"scalar{classes}"] < best[f"vector{classes}"]
    shares = 100 * last["conditional_accuracy"].dropna()
    assert f"{shares.min():.0f} to {shares.max():.0f} % of samples" in text
    floor = 100 * last["conditional_accuracy_floor"].dropna().iloc[0]
    assert f"would give {floor:.0f} %" in text
    text = words(REFERENCE / "README.md")
    said = (
        f"mean FCD {late['scalar conditional']:.1f} and {late['scalar']:.1f} for the scalar critic"
    )
    assert said in text
    assert (
        f"{late['vector conditional']:.1f} and {late['vector']:.1f} for the vector critic" in text
    )


def test_classes_and_wasserstein_critics() -> None:
    text = words(REFERENCE / "README.md")
    last = last_epochs("conditional")
    share, fcd = values(last, "conditional_accuracy", ".0f", 100), means(last, "fcd")
    for name, label in (("DCGAN", "dcgan"), ("WGAN-GP", "wgan-gp"), ("GAN", "gan")):
        assert f"{name} {share[f'conditional-{label}']} %" in text
    said = ", ".join(f"{fcd[f'conditional-{label}']:.1f}" for label in ("dcgan", "wgan-gp"))
    assert f"mean FCD {said} and {fcd['conditional-gan']:.1f}; {fcd['dcgan']:.1f} for" in text
    fcd = means(last_epochs("wasserstein"), "fcd")
    said = f"mean FCD {fcd['dcgan']:.1f} for the DCGAN, {fcd['wgan-gp']:.1f} for WGAN-GP"
    said += f", {fcd['wgan-gp layer norm']:.1f} with layer norm, {fcd['wgan']:.1f} with weight clip"
    assert said in text


def test_the_lightweight_family() -> None:
    last = last_epochs("lightweight")
    assert set(last.groupby("label")["seed"].count()) == {5}
    fcd = means(last, "fcd")
    text = words(REFERENCE / "README.md")
    assert f"mean final FCD {fcd['dcgan']:.1f} for the DCGAN" in text
    for label, said in (
        ("half generator", "a half generator"),
        ("half critic", "a half critic"),
        ("half both", "both"),
        ("separable", "separable convolutions"),
        ("deeper generator", "a deeper generator"),
    ):
        assert f"{fcd[label]:.1f} with {said}" in text
    files = sorted((REFERENCE / "lightweight").glob("runs/*/run.parquet"))
    runs = pd.concat([pd.read_parquet(file) for file in files])
    timed = pd.read_parquet(REFERENCE / "lightweight" / "timing.parquet")
    minutes = (runs["ended_at"].max() - timed["timed_at"].min()).total_seconds() / 60
    assert minutes < 10, "what the grid says"
    for document in (REFERENCE / "README.md", ROOT / "README.md"):
        assert f"{minutes:.0f} minutes" in words(document)


LIGHT = ("half generator", "half critic", "half both", "separable", "deeper generator")


def test_the_lightweight_family_on_clothes() -> None:
    last = last_epochs("lightweight-fashion")
    assert set(last.groupby("label")["seed"].count()) == {5}
    fcd = means(last, "fcd")
    row = words(REFERENCE / "README.md").partition("| `lightweight-fashion` |")[2].split(" |")[1]
    numbers = [fcd[label] for label in ("dcgan", *LIGHT)]
    assert re.findall(r"\d+\.\d", row) == [f"{number:.1f}" for number in numbers]
    assert "half generator and half both worse, the others undecided" in row
    found = compare(SweepData(read_sweep(REFERENCE / "lightweight-fashion")), "quality_final")
    worse = {label for label, each in found.items() if each.kind == "worse"}
    assert worse == {"half generator", "half both"}
    assert {found[label].kind for label in set(found) - worse} == {"undecided"}
    digits = compare(SweepData(read_sweep(REFERENCE / "lightweight")), "quality_final")
    better = {label for label, each in digits.items() if each.kind == "better"}
    assert better == {"separable", "deeper generator"}


REPEATS = ("lightweight", "repeats/lightweight-seeds-6-11", "repeats/lightweight-seeds-12-17")


def test_three_sweeps_of_the_lightweight_family_agree() -> None:
    """With other seeds each the verdicts are the same; so are the speed-ups on one thread."""
    sweeps = [SweepData(read_sweep(REFERENCE / name)) for name in REPEATS]
    seeds = [set(last_epochs(name)["seed"]) for name in REPEATS]
    assert [len(each) for each in seeds] == [5, 6, 6]
    assert len(set.union(*seeds)) == 17
    for data in sweeps:
        assert {label: each.kind for label, each in compare(data, "quality_final").items()} == {
            "half generator": "worse",
            "half critic": "undecided",
            "half both": "worse",
            "separable": "better",
            "deeper generator": "better",
        }
    text = words(REFERENCE / "README.md")
    for label in ("half generator", "half critic", "half both", "separable", "deeper generator"):
        first, second = (data.speed_up(label) for data in sweeps[1:])
        assert first is not None
        assert second is not None
        assert f"{label} {first.value:.2f} and {second.value:.2f}" in text
    for name in REPEATS[1:]:
        assert set(pd.read_parquet(REFERENCE / name / "timing.parquet")["threads"]) == {1}


def test_two_data_sets() -> None:
    whole = facets(read_sweep(REFERENCE / "two-data-sets"))
    found = {facet.title: compare(facet.data, "quality_final") for facet in whole.each}
    assert {name: each["half both"].kind for name, each in found.items()} == {
        "mnist-5k": "worse",
        "fashion-mnist": "worse",
    }
    assert found["mnist-5k"]["separable"].kind == "better"
    assert found["fashion-mnist"]["separable"].kind == "undecided"
    said = "half both worse on both; separable convolutions better on digits, undecided on clothes"
    assert said in words(REFERENCE / "README.md")


def runs_of(sweep: str) -> pd.DataFrame:
    files = sorted((REFERENCE / sweep).glob("runs/*/run.parquet"))
    return pd.concat([pd.read_parquet(file) for file in files])


def test_typefaces_from_pairs() -> None:
    last = last_epochs("typefaces")
    assert set(last.groupby("label")["seed"].count()) == {3}
    text, readme = words(ROOT / "docs" / "translation.md"), words(REFERENCE / "README.md")
    fcd, ssim, share = (means(last, *of) for of in (("fcd",), ("ssim",), ("content_accuracy", 100)))
    flops = runs_of("typefaces").groupby("label")["train_flops_per_image"].first()
    for label in ("half critic", "half generator", "separable generator", "half both"):
        cheaper = f"{flops[label] / flops['pix2pix']:.2f} ×"
        row = f"{cheaper} | {fcd[label]:.1f} | {ssim[label]:.3f} | {share[label]:.0f} %"
        assert f"| {label} | {row} |" in text
    row = f"| pix2pix | 1 | {fcd['pix2pix']:.1f} | {ssim['pix2pix']:.3f} |"
    assert f"{row} {share['pix2pix']:.0f} % |" in text
    floors = last.iloc[0]
    said = f"SSIM of {ssim['pix2pix']:.3f} (identity mapping {floors['ssim_identity']:.3f}, mean"
    assert f"{said} target {floors['ssim_mean_target']:.3f})" in text
    low, least = (100 * floors[f"content_accuracy_{of}"] for of in ("identity", "mean_target"))
    assert f"in {share['pix2pix']:.0f} % of its translations ({low:.0f} %, {least:.0f} %)" in text
    low, least = floors["fcd_identity"], floors["fcd_mean_target"]
    assert f"its FCD is {fcd['pix2pix']:.1f} ({low:.1f}, {least:.1f})" in text
    seconds = last.loc[last["label"] == "pix2pix", "elapsed_seconds"].max()
    assert f"a run of pix2pix took at most {seconds:.0f} seconds" in text
    assert f"mean FCD {fcd['pix2pix']:.1f} for pix2pix, {fcd['half critic']:.1f} with" in readme
    assert f"{fcd['half generator']:.1f} with a half generator" in readme
    said = f"{fcd['separable generator']:.1f} with a separable one, {fcd['half both']:.1f} with"
    assert said in readme


def test_typefaces_without_pairs() -> None:
    last = last_epochs("unpaired-typefaces")
    assert set(last.groupby("label")["seed"].count()) == {3}
    text, readme = words(ROOT / "docs" / "translation.md"), words(REFERENCE / "README.md")
    share, fcd = means(last, "content_accuracy", 100), means(last, "fcd")
    floors = last.iloc[0]
    said = f"in {share['cyclegan']:.0f} % of CycleGAN's translations and in {share['fastcut']:.0f}"
    assert said in text
    low, chance = (100 * floors[f"content_accuracy_{of}"] for of in ("identity", "chance"))
    assert f"the identity mapping has {low:.0f} % and chance is {chance:.0f} %" in text
    said = f"FCD is {fcd['cyclegan']:.1f} and {fcd['fastcut']:.1f} (identity mapping"
    assert f"{said} {floors['fcd_identity']:.1f})" in text
    files = sorted((REFERENCE / "unpaired-typefaces").glob("runs/*/epochs.parquet"))
    epochs = pd.concat([pd.read_parquet(file) for file in files])
    cycle = epochs.groupby(["label", "epoch"])["cycle_error"].mean()
    first, *_, end = cycle["cyclegan"]
    assert f"falls from {first:.1f} after the first epoch to {end:.1f} after the eighth" in text
    without = "cyclegan without identity"
    shares = values(last, "content_accuracy", ".0f", 100)[without]
    said = f"all the same ({cycle[without, 8]:.1f}), but the right character is found in {shares} %"
    assert said in text
    ssim = means(last, "ssim")[without]
    assert f"its SSIM of {ssim:.3f} is below" in text
    assert ssim < floors["ssim_identity"]
    flops = runs_of("unpaired-typefaces").groupby("label")["train_flops_per_image"].first() / 1e6
    assert f"({flops['fastcut']:.0f} against {flops['cyclegan']:.0f} million FLOPs" in text
    speed = SweepData(read_sweep(REFERENCE / "unpaired-typefaces")).speed_up("fastcut")
    assert f"It trained {ratio_text(speed)} times as fast" in text
    said = f"{fcd['cyclegan']:.1f} for CycleGAN, {fcd[without]:.1f} without its identity term"
    assert f"{said}, {fcd['fastcut']:.1f} for FastCUT" in readme


def test_the_lightweight_family_on_a_gpu() -> None:
    runs = runs_of("lightweight-gpu")
    timed = pd.read_parquet(REFERENCE / "lightweight-gpu" / "timing.parquet")
    assert set(runs["status"]) == {"completed"}
    seconds = (runs["ended_at"].max() - timed["timed_at"].min()).total_seconds()
    assert f"{seconds:.0f} seconds for {len(runs)} runs" in words(REFERENCE / "README.md")
    found = compare(SweepData(read_sweep(REFERENCE / "lightweight-gpu")), "quality_final")
    assert {label: each.kind for label, each in found.items()} == {
        "half generator": "worse",
        "half critic": "undecided",
        "half both": "worse",
        "separable": "better",
        "deeper generator": "undecided",
    }


def test_the_long_run() -> None:
    (file,) = (REFERENCE / "wgan-long").glob("runs/*/epochs.parquet")
    known = pd.read_parquet(file).dropna(subset="fcd").sort_values("epoch")[["epoch", "fcd"]]
    (before, early), (last, late) = known.tail(2).itertuples(index=False)
    said = f"one seed: FCD {early:.2f} after {before} epochs, {late:.2f} after {last}"
    assert said in words(REFERENCE / "README.md")


def test_why_a_target_is_missed() -> None:
    """The arithmetic of docs/speed.md, from the tables' own ratios."""
    lines = pd.read_parquet(REFERENCE / "performance.parquet").set_index("what")
    table = lines["median"]
    share = table["FLOP/s, dcgan-tutorial 28 px, batch 256, fp32"]
    speed = table["images/s, dcgan-tutorial 28 px, batch 256, fp32"]
    text = words(ROOT / "docs" / "speed.md")
    assert f"runs at {share:.3f} of the speed of a 3×3 convolution" in text
    assert f"it would be {speed:.2f} / {share:.3f} = {speed / share:.1f} times" in text

    profiles = pd.read_csv(REFERENCE / "step-profiles.csv").set_index("case")
    products, of_products, of_step = (
        profiles[column]
        for column in (
            "convolutions and matrix products",
            "FLOP/s of the products",
            "FLOP/s of the step",
        )
    )
    sweep = table["lightweight.yaml, one seed, packed"]
    without = table["the same without quality"]
    assert f"{sweep:.2f} times the plain loops' speed instead of 2, and {without:.2f}" in text
    dcgan = of_step["dcgan, batch 32"]
    assert f"A step of `dcgan` runs at {dcgan} of the convolution's speed" in text
    assert f"2 / {sweep:.2f} = {2 / sweep:.1f} times as fast" in text
    assert f"at {dcgan * 2 / sweep:.2f}, when its products alone run at" in text
    assert f"alone run at {of_products['dcgan, batch 32']}." in text
    assert dcgan * 2 / sweep > of_products["dcgan, batch 32"]

    for words_, case in (
        ("at a quarter of the width ({})", "dcgan-tutorial at a quarter of the width, batch 64"),
        ("at half of it ({})", "dcgan-lite, batch 32"),
    ):
        row = lines.loc[f"images/s of 2 packed runs, {case}"]
        assert words_.format(f"{row['median']:.2f}") in text
        assert 0.98 < row["median"] / 2.5 < 1
        assert row["lower_quartile"] < 2.5 < row["upper_quartile"]
        assert 0.3 < 1 - products[case] < 0.36  # about a third

    packed = table["images/s of 2 packed runs, wgan-gp, batch 64"]
    own = products["wgan-gp, batch 64"]
    assert f"({packed:.2f} instead of 2): products take {own} of a step" in text
    assert f"{packed:.2f} / {own} = {packed / own:.1f}." in text
    mixtures, own = table["ten mixture trials, 2 stacks packed"], products.iloc[-1]
    assert f"Mixture trials ({mixtures:.2f} instead of 2)" in text
    assert f"{own} of a step, at {of_products.iloc[-1]} of the convolution's speed" in text
    assert f"{mixtures:.2f} / {own} = {mixtures / own:.1f}." in text

    lite, case = table["FLOP/s, dcgan-lite 28 px, batch 32, one thread"], "dcgan-lite, batch 32"
    assert f"computes {lite:.3f} of the convolution's FLOP/s instead of 0.7" in text
    assert f"run at {of_products[case]} themselves" in text
    left = 1 - products[case] * (1 - of_products[case])
    assert f"1 − {products[case]} × (1 − {of_products[case]}) = {left:.2f} of its time" in text
    simulated = table["16 runs on 16 simulated cores, start included"]
    assert f"simulated cores ({simulated:.2f} instead of 10)" in text
    quality = table["quality of an epoch, 5,000 samples, classifier features"]
    assert f"an epoch ({quality:.3f} instead of 0.15)" in text
    assert f"`bench list` ({table['bench list']:.2f} times 0.4 seconds)" in text


def test_every_missed_target_of_a_cpu_is_explained() -> None:
    """The lines of single runs by the first paragraph, the others by one of their own."""
    lines = pd.read_parquet(REFERENCE / "performance.parquet")
    missed = lines[(lines["device"] == "cpu") & (lines["reached"] == False)]["what"]  # noqa: E712
    explained = (
        "images/s, ",
        "lightweight.yaml, one seed, packed",
        "the same without quality",
        "images/s of 2 packed runs",
        "ten mixture trials, 2 stacks packed",
        "FLOP/s, dcgan-lite 28 px, batch 32, one thread",
        "16 runs on 16 simulated cores",
        "quality of an epoch",
        "bench list",
        "Fréchet distance, d = 2048, n = 10,000, from features",
    )
    assert [what for what in missed if not what.startswith(explained)] == []


def test_most_flops_of_the_lightweight_sweep_are_those_of_two() -> None:
    runs = pd.concat(map(pd.read_parquet, (REFERENCE / "lightweight").glob("runs/*/run.parquet")))
    flops = runs.groupby("label")["train_flops_per_image"].first()
    share = flops[["dcgan", "deeper generator"]].sum() / flops.sum()
    assert f"{share:.1f}" == "0.6"
    assert "Six tenths of its FLOPs are the DCGAN's and the deeper" in words(
        ROOT / "docs" / "speed.md"
    )


def test_the_readme_has_the_verdicts_of_the_reference() -> None:
    table = (ROOT / "reports/reference/lightweight/tables/verdicts.md").read_text(encoding="utf-8")
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len(rows) == 8
    assert "\n".join(rows) in (ROOT / "README.md").read_text(encoding="utf-8")


CRITICS = {"critics": ("On digits:", "On icons,"), "critics-icons": ("On icons,", "None is shown")}


def of_critics(sweep: str) -> str:
    """What docs/variants.md says of the critics on one data set."""
    section = words(ROOT / "docs" / "variants.md").partition("### Which critic, in a short run")[2]
    start, end = CRITICS[sweep]
    return section.partition(start)[2].partition(end)[0]


@pytest.mark.parametrize("sweep", CRITICS)
def test_the_critics(sweep: str) -> None:
    """Which are better, worse and undecided, by how much, and at what cost."""
    data = SweepData(read_sweep(REFERENCE / sweep))
    found = compare(data, "quality_final")
    flops = data.results.runs.groupby("label")["train_flops_per_image"].first()
    costs = flops / flops["non-saturating"]
    said: dict[str, str] = {}
    for kind, listed in re.findall(r"- \*\*(\w+)\*\*: ([^.]*(?:\.\d[^.]*)*)\.", of_critics(sweep)):
        for item in re.split(r", (?![^(]*\))| and (?![^(]*\))", listed):
            label, _, numbers = item.partition(" (")
            said[label] = kind.lower()
            if kind == "Undecided":
                continue
            digits = 1 if kind == "Worse" else 2
            numbers = numbers.removeprefix("ratio ").rstrip(")")
            cost = "" if costs[label] == 1 else f", at {costs[label]:.2f} × the FLOPs"
            assert numbers == f"{found[label].effect:.{digits}f}{cost}", label
    assert said == {label: each.kind for label, each in found.items()}


def test_what_both_data_sets_say_of_the_critics() -> None:
    """Speed, equal cost, the price of penalties, and how little the baseline learns on icons."""
    text = words(ROOT / "docs" / "variants.md")
    seconds = {"critics": "hinge spectral LeCam", "critics-icons": "product metric penalty"}
    costs, better = [], {}
    for sweep, second in seconds.items():
        data = SweepData(read_sweep(REFERENCE / sweep))
        found = compare(data, "quality_final")
        for label in found:
            speed_up = data.speed_up(label)
            assert speed_up is not None
            assert speed_up.low is not None
            assert speed_up.low < 1, label
        report = words(ROOT / "reports" / "reference" / sweep / "report.md")
        equal = report.partition("Quality at equal compute")[2].partition(" 6. ")[0]
        assert re.search(
            rf"“Wasserstein clipped” has the lowest FCD.* followed by “{second}”", equal
        )
        assert "the difference is significant" in equal
        flops = data.results.runs.groupby("label")["train_flops_per_image"].first()
        penalised = [label for label in found if re.search("R1|penalty", label)]
        costs += [flops[label] / flops["non-saturating"] for label in penalised]
        better[sweep] = {label for label in penalised if found[label].kind == "better"}
        assert found["hinge spectral LeCam"].kind == "better"
    assert f"cost {min(costs):.2f} to {max(costs):.2f} × the FLOPs" in text
    assert better == {"critics": {"product metric penalty"}, "critics-icons": set(penalised)}
    epochs = last_epochs("critics-icons")
    base = epochs[epochs["label"] == "non-saturating"]["fcd"].mean()
    files = (REFERENCE / "critics-icons").glob("runs/*/epochs.parquet")
    every = pd.concat([pd.read_parquet(file) for file in files])
    first = every[(every["label"] == "non-saturating") & (every["epoch"] == 2)]["fcd"].mean()
    assert f"(FCD {first:.1f} after two epochs, {base:.1f} after ten)" in text
