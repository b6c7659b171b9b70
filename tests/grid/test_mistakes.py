"""Mistakes in a grid: one sentence with the place and the remedy."""

from __future__ import annotations

import re

import pytest

from bench.errors import GridError
from tests.grid.loading import WriteGrid, load

MISTAKES = {
    "empty": ("", "grid.yaml is empty"),
    "not YAML": ("variants: [dcgan", "grid.yaml, line 1: not YAML"),
    "a list": ("- dcgan", "line 1: a grid is a mapping"),
    "duplicate key": ("epochs: 1\nvariants: [dcgan]\nepochs: 2", "line 3: duplicate key 'epochs' .first on line 1"),
    "nested duplicate": ("variants:\n  - {name: dcgan, epochs: 1, epochs: 2}", "line 2: duplicate key 'epochs'"),
    "unknown key": ("variants: [dcgan]\nepoch: 3", "line 2: a grid has no key 'epoch'; did you mean 'epochs'"),
    "unknown field": (
        "variants:\n  - dcgan\n  - {name: dcgan, critic_widht: 3}",
        "line 3: the variant dcgan has no key 'critic_widht'; did you mean 'critic_width'",
    ),
    "field of no variant": ("variants: [dcgan]\ndropout: 0.2", "line 2: none of the variants .* field 'dropout'"),
    "quality key": ("variants: [dcgan]\nquality: {sample: 3}", "line 2: quality has no key 'sample'; did you mean 'samples'"),
    "quality type": ("variants: [dcgan]\nquality: 3", "line 2: quality is 3; it should be a mapping"),
    "wrong type": ("variants: [dcgan]\nepochs: ten", "line 2: epochs is 'ten'; it should be a whole number"),
    "fraction": ("variants: [dcgan]\nepochs: 1.5", "line 2: epochs is 1.5; it should be a whole number"),
    "boolean": ("variants: [dcgan]\nbatch_size: yes", "line 2: batch_size is true; it should be a whole"),
    "out of range": ("variants: [dcgan]\nepochs: 0", "line 2: epochs is 0; it should be greater than or equal to 1"),
    "literal": ("variants: [dcgan]\nobjective: wgan", "line 2: objective is 'wgan'; it should be 'feature-matching', 'hinge', .* or 'wasserstein'"),
    "features": ("variants: [dcgan]\nquality: {features: vgg}", "line 2: quality.features is 'vgg'; it should be"),
    "factor": ("variants:\n  - name: dcgan\n    width_factor: -1", "line 3: width_factor is -1"),
    "no variants": ("epochs: 3", "list at least one variant"),
    "variants empty": ("variants: []", "line 1: list at least one variant"),
    "unknown variant": ("variants:\n  - dcgam", "line 2: there is no variant 'dcgam'; did you mean 'dcgan'"),
    "variant type": ("variants:\n  - dcgan\n  - 3", "line 3: a variant is a name"),
    "label type": ("variants: [{name: dcgan, label: 3}]", "line 1: the label 3 should be text"),
    "empty axis": ("variants: [dcgan]\naxes: {latent_dim: []}", "line 2: the axis latent_dim has no values"),
    "empty list": ("variants:\n  - {name: dcgan, latent_dim: []}", "line 2: the axis latent_dim has no values"),
    "axis scalar": ("variants: [dcgan]\naxes: {latent_dim: 3}", "line 2: the axis latent_dim should be a list"),
    "axis twice": ("variants: [dcgan]\naxes: {latent_dim: [3, 3]}", "the axis latent_dim lists 3 more than once"),
    "axis unknown": ("variants: [dcgan]\naxes: {latent: [x], laten_dim: [3]}", "'laten_dim'; did you mean 'latent_dim'"),
    "axis not a field": ("variants: [dcgan]\naxes: {dropout: [0.1, 0.2]}", "line 2: the variant dcgan has no field 'dropout'"),
    "axis of epochs": ("variants: [dcgan]\naxes: {epochs: [1, 2]}", "epochs cannot be an axis"),
    "axes type": ("variants: [dcgan]\naxes: [1]", "line 2: axes map a key"),
    "axis value": ("variants: [dcgan]\naxes:\n  latent_dim: [64, x]", "line 3: latent_dim is 'x'; it should be a whole"),
    "data set": ("variants: [dcgan]\ndataset: mnist5k", "line 2: .*did you mean '?mnist-5k"),
    "image size": ("variants: [dcgan]\nimage_size: 48", "line 2: the variant dcgan makes images of 28, 32 or 64 px, not 48"),
    "channels": ("variants: [dcgan]\nchannels: 2", "line 2: the variant dcgan makes images of 1 or 3 channels, not 2"),
    "batch over subset": ("variants: [dcgan]\nsubset: 10", "the batch of 64 .* larger than the data .10 images"),
    "batch of one": (
        "variants: [dcgan-tutorial]\nsubset: 65\nbatch_size: 64",
        "line 3: 65 images in batches of 64 .* leave a last batch of 1, .* set drop_last_batch: true",
    ),
    "batches of one": (
        "variants: [dcgan-tutorial]\nsubset: 65\nbatch_size: 1",
        "line 3: batch_size is 1 for 'dcgan-tutorial', .* at least 2; raise batch_size",
    ),
    "samples": ("variants: [dcgan]\nquality: {samples: 3}", "line 2: quality.samples is 3; .* equal to 4"),
    "features on": ("variants: [dcgan]\nquality: {features: on}", "line 2: quality.features is true"),
    "a mapping as key": ("variants: [dcgan]\nname: {{ x }}", "line 2: a key is a list or a mapping"),
    "a list as key": ("variants: [dcgan]\n? [a]\n: 3", "line 2: a key is a list or a mapping"),
    "bad boolean": ("variants: [dcgan]\nname: !!bool maybe", "not YAML"),
    "bad integer": ("variants: [dcgan]\nname: !!int ''", "not YAML"),
    "bad time": ("variants: [dcgan]\nname: !!timestamp x", "not YAML"),
    "deep": ("variants: " + "[" * 3000, "too deep; a grid has a few levels"),
    "factor infinite": (
        "variants:\n  - name: dcgan\n    width_factor: .inf",
        "line 3: width_factor is inf; give a number above 0",
    ),
    "factor nan": ("variants: [dcgan]\nwidth_factor: .nan", "line 2: width_factor is nan; give a number above 0"),
    "factor huge": ("variants: [dcgan]\nwidth_factor: 1e308", "line 2: width_factor is 1e[+]308; give a number"),
    "rate infinite": ("variants: [dcgan]\ngenerator_lr: .inf", "line 2: generator_lr is inf; it should be a finite"),
    "rate nan": ("variants: [dcgan]\ncritic_lr: .nan", "line 2: critic_lr is nan; it should be a finite"),
    "clip infinite": ("variants: [wgan]\nweight_clip: .inf", "line 2: weight_clip is inf; it should be a finite"),
    "label escape": (
        'variants:\n  - {name: dcgan, label: "\\e[31mred"}',
        r"line 2: the label '\\x1b\[31mred' should be one line",
    ),
    "label of two lines": (
        'variants:\n  - {name: dcgan, label: "a\\nb"}',
        r"line 2: the label 'a\\nb' should be one line",
    ),
    "label surrogate": (
        'variants:\n  - {name: dcgan, label: "a\\ud800"}',
        r"line 2: the label 'a\\ud800' should be one line",
    ),
    "question escape": ('variants: [dcgan]\nquestion: "\\e[31mWhy?"', "line 2: the question .* should be one line"),
    "question of two lines": ("variants: [dcgan]\nquestion: |\n  Why?\n  How?", "line 2: the question .* one line"),
    "seeds text": ("variants: [dcgan]\nseeds: 0-4", "line 2: seeds should be a list"),
    "seed twice": ("variants: [dcgan]\nseeds: [1, 1]", "line 2: seeds must be unique; 1 is listed 2 times"),
    "seed negative": ("variants: [dcgan]\nseeds: [-1]", "line 2: the seed -1"),
    "baseline": ("variants: [dcgan, dcgan-lite]\nbaseline: dcgan-light", "line 2: the baseline 'dcgan-light' is not in the grid; did you mean 'dcgan-lite'"),
    "baseline of many": ("variants: [{name: dcgan, latent_dim: [1, 2]}]\nbaseline: dcgan", "line 2: the baseline 'dcgan' stands for 2 runs"),
    "name": ("variants: [dcgan]\nname: ../../etc", "line 2: the name '../../etc' is used as a folder name"),
    "question": ("variants: [dcgan]\nquestion: [1]", "line 2: question is"),
    "exclude nothing": ("variants: [dcgan]\nexclude: [{latent_dim: 3}]", "line 2: this exclude matches no run"),
    "exclude all": ("variants: [dcgan]\nexclude: [{name: dcgan}]", "every run is excluded"),
    "exclude key": ("variants: [dcgan]\nexclude: [{latentdim: 3}]", "line 2: .*did you mean 'latent_dim'"),
    "exclude type": ("variants: [dcgan]\nexclude: [dcgan]", "line 2: an exclude is a mapping"),
    "same label": ("variants:\n  - dcgan\n  - {name: dcgan, latent_dim: 3}", "line 3: two variants have the label 'dcgan' .also .*line 2"),
    "same run": ("variants:\n  - dcgan\n  - {name: dcgan, label: again}", "line 3: 'again' is the same run as 'dcgan' .*line 2"),
    "timeout": ("variants: [dcgan]\ntimeout: soon", "line 2: timeout is 'soon'; give a number of seconds above 0, or text"),
    "timeout zero": ("variants: [dcgan]\ntimeout: 0", "line 2: timeout is 0; give"),
    "timeout true": ("variants:\n  - {name: dcgan, timeout: on}", "line 2: timeout is True; give"),
    "timeout huge": ("variants: [dcgan]\ntimeout: 1e300", "line 2: timeout is 1e[+]300; give"),
    "timeout as an axis": ("variants: [dcgan]\naxes: {timeout: [1, 2]}", "line 2: timeout cannot be an axis"),
    "timeout as a list": ("variants: [dcgan]\ntimeout: [1h, 2h]", "line 2: timeout cannot be a list"),
    "memory": ("variants: [dcgan]\nmax_host_memory: 4 gigs", "line 2: max_host_memory is '4 gigs'; give text such as 500 MB"),
    "memory zero": ("variants: [dcgan]\nmax_host_memory: 0GB", "line 2: max_host_memory is '0GB'; give"),
    "memory with a comma": ("variants: [dcgan]\nmax_host_memory: 1,5GB", "line 2: max_host_memory is '1,5GB'; give"),
    "memory true": ("variants: [dcgan]\nmax_host_memory: on", "line 2: max_host_memory is True; give"),
    "memory fraction": ("variants: [dcgan]\nmax_host_memory: 4.5", "line 2: max_host_memory is 4.5; give"),
    "memory as an axis": ("variants: [dcgan]\naxes: {max_host_memory: [1GB]}", "max_host_memory cannot be an axis"),
    "margin": ("variants: [dcgan]\nmargin: 10", "line 2: margin is 10; it should be a share above 0 and below 1, such as 10% or 0.1"),
    "margin text": ("variants: [dcgan]\nmargin: small", "line 2: margin is 'small'; it should be a share above 0 and below 1, such as 10% or 0.1"),
    "checkpoints": ("variants: [dcgan]\nkeep_checkpoints: 1", "line 2: keep_checkpoints is 1; it should be true or false"),
    "stack": ("variants: [dcgan]\nstack_seeds: maybe", "line 2: stack_seeds is 'maybe'; it should be true or false"),
    "name of the parent folder": ("variants: [dcgan]\nname: ..", "line 2: the name '..' is used as a folder name"),
    "tag": ("variants: !!python/object/apply:os.system [echo]", "line 1: not YAML"),
    "merge of a number": ("variants: [dcgan]\n<<: 3", "line 2: not YAML"),
    "undefined alias": ("variants: *x", "line 1: not YAML"),
    "two documents": ("variants: [dcgan]\n---\nepochs: 3", "line 2: not YAML"),
    "loop": ("variants: &x [*x]", "nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gives_one_sentence_with_place_and_remedy(
    write_grid: WriteGrid, mistake: str
) -> None:
    text, expected = MISTAKES[mistake]
    with pytest.raises(GridError) as caught:
        load(write_grid, text)
    message = str(caught.value)
    assert re.search(expected, message), message
    assert "grid.yaml" in message
    assert "\n" not in message
    assert message.endswith((".", "?")), message
    assert "pydantic" not in message
