"""What other networks cost, layer by layer: inputs and filters, kernels, further layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from fractions import Fraction
from typing import NamedTuple

from bench.describe.cost import Cost, Counted
from bench.describe.layers import Layer, Product
from bench.units import counted


class Topic(NamedTuple):
    """A kind of difference between two layers.

    Attributes:
        name: what differs; "" where that is the layer as a whole.
        why: why that changes a cost.
        merged: whether equal differences of several layers are one.
    """

    name: str
    why: str
    merged: bool = False


CHANNELS = Topic("inputs × outputs", "each output takes a MAC per input, kernel pixel and position")
KERNEL = Topic(
    "kernel", "a kernel of k × k pixels takes k² MACs per input, output and position", merged=True
)
POSITIONS = Topic("positions", "a kernel is applied at each position")
LAYER = Topic("", "a layer is computed and differentiated in every pass of its network")
NETWORK = Topic("", "a network of its own is computed, differentiated and updated")
KIND = Topic("", "dense layers and convolutions multiply other numbers of inputs and outputs")
PASSES = Topic(
    "passes", "the step runs or differentiates the layers another number of times", merged=True
)
NORM = Topic("parameters of norm layers", "they scale and shift, and multiply no matrices")
OTHERS = Topic("other parameters", "such as biases, which are added and multiply nothing")


class Where(NamedTuple):
    """Where in a network a layer is: its place, and the size of its map where that says which."""

    place: str
    size: str = ""

    def __str__(self) -> str:
        return f"{self.place} at {self.size}" if self.size else self.place


FIRST, LAST, HIDDEN = Where("the first layer"), Where("the last layer"), Where("a hidden layer")


@dataclass(frozen=True)
class Part:
    """One difference between two networks, and what it costs.

    Attributes:
        network: its heading, such as "Generator".
        places: where in it.
        before, after: None where one side has no such layer.
        layers: how many a network has that only one side has; 0 for other differences.
    """

    topic: Topic
    network: str
    places: tuple[Where, ...]
    before: str | None
    after: str | None
    cost: Cost
    layers: int = 0

    @property
    def subject(self) -> str:
        """The network, what differs, and where."""
        where = " and ".join(map(str, self.places))
        what = " of ".join(filter(None, [self.topic.name, where]))
        return ", ".join(filter(None, [self.network.lower(), what]))


@dataclass(frozen=True)
class _Work:
    """FLOPs per real image of each player's update, and weights."""

    critic: Fraction = Fraction()
    generator: Fraction = Fraction()
    weights: int = 0

    def __add__(self, other: _Work) -> _Work:
        return _Work(
            self.critic + other.critic,
            self.generator + other.generator,
            self.weights + other.weights,
        )

    def __sub__(self, other: _Work) -> _Work:
        return self + _Work(-other.critic, -other.generator, -other.weights)

    def of(self, product: Product, instead: Product) -> _Work:
        """The work for ``product`` where this is for ``instead``, run as often."""
        factor = Fraction(product.macs, instead.macs)
        return _Work(self.critic * factor, self.generator * factor, product.weights)


@dataclass(frozen=True)
class _Worker:
    """A layer that multiplies, and its part of a training step."""

    layer: Layer
    work: _Work


class _Difference(NamedTuple):
    topic: Topic
    places: tuple[Where, ...]
    before: str | None
    after: str | None
    work: _Work


def parts(before: Counted, after: Counted) -> Iterator[Part]:
    """The differences of the networks that change FLOPs or parameters, with their cost.

    Layers are paired: the first with the first, the last with the last, others by the size of
    their maps. In a pair inputs and outputs are changed first, then the kernel, then the number of
    positions, then how often the layer runs. FLOPs per update are for the batch size and the
    critic steps of ``before``.
    """
    for heading in dict.fromkeys([*before.networks, *after.networks]):
        ours, theirs = _workers(before, heading), _workers(after, heading)
        if heading not in before.networks or heading not in after.networks:
            yield _whole(before, after, heading)
            continue
        found: list[_Difference] = []
        for old, new, where in _pairs(ours, theirs):
            found += _differences(old, new, where)
        found += _parameters(before.networks.get(heading, []), after.networks.get(heading, []))
        for topic, places, one, other, work in _merged(found):
            yield Part(topic, heading, places, one, other, _cost(before, heading, work))


def _whole(before: Counted, after: Counted, heading: str) -> Part:
    """A network that only one side has."""
    gone = heading in before.networks
    side = before if gone else after
    work = sum((worker.work for worker in _workers(side, heading)), _Work())
    every = {layer.name: layer.parameters for layer in side.networks[heading]}
    work = replace(work, weights=sum(every.values()))
    layers = f"its {counted(len(every), 'layer')}"
    cost = _cost(before, heading, _Work() - work if gone else work)
    one, other = (layers, None) if gone else (None, layers)
    return Part(NETWORK, heading, (), one, other, cost, len(every))


def _cost(before: Counted, heading: str, work: _Work) -> Cost:
    weights = (work.weights, 0) if heading.startswith("Generator") else (0, work.weights)
    return before.cost_of(work.critic, work.generator, *weights)


def _workers(counted: Counted, heading: str) -> list[_Worker]:
    """The layers that multiply; one that a pass runs twice is listed once, with all its work."""
    found: dict[str, Layer] = {}
    for layer in counted.networks.get(heading, []):
        if layer.macs:
            earlier = found.get(layer.name)
            twice = earlier and replace(layer, macs=earlier.macs + layer.macs, product=None)
            found[layer.name] = twice or layer
    step = counted.step
    return [
        _Worker(
            layer,
            _Work(
                step.critic_by_layer.get((heading, name), Fraction()),
                step.generator_by_layer.get((heading, name), Fraction()),
                _weights(layer),
            ),
        )
        for name, layer in found.items()
    ]


def _weights(layer: Layer) -> int:
    """Parameters that are factors of products; all, where the factors are not known."""
    return layer.product.weights if layer.product else layer.parameters


def _pairs(
    ours: Sequence[_Worker], theirs: Sequence[_Worker]
) -> Iterator[tuple[_Worker | None, _Worker | None, Where]]:
    """Pairs of layers and where they are; a layer that only one side has is alone."""
    if ours and theirs:
        yield ours[0], theirs[0], FIRST
        ours, theirs = ours[1:], theirs[1:]
    last = (ours[-1], theirs[-1]) if ours and theirs else None
    if last:
        ours, theirs = ours[:-1], theirs[:-1]
    own, its = ([worker.layer.output[1:] for worker in side] for side in (ours, theirs))
    for kind, i, j, k, m in SequenceMatcher(None, own, its, autojunk=False).get_opcodes():
        if kind == "equal":
            for one, other in zip(ours[i:j], theirs[k:m], strict=True):
                yield one, other, _where(one.layer)
        else:
            yield from ((one, None, _where(one.layer)) for one in ours[i:j])
            yield from ((None, other, _where(other.layer)) for other in theirs[k:m])
    if last:
        yield *last, LAST


def _where(layer: Layer) -> Where:
    size = "×".join(map(str, layer.output[1:]))
    return Where("a layer", size) if size else HIDDEN


def _differences(old: _Worker | None, new: _Worker | None, where: Where) -> Iterator[_Difference]:
    """What differs in a pair of layers; the work adds up to the difference of theirs."""
    if old is None or new is None:
        nothing = _Work()
        work = (new.work if new else nothing) - (old.work if old else nothing)
        kinds = (old.layer.kind if old else None, new.layer.kind if new else None)
        yield _Difference(LAYER, (where,), *kinds, work)
        return
    now, goal = _product(old.layer), _product(new.layer)
    if now is None or goal is None or now.kind != goal.kind:
        work = new.work - old.work
        yield _Difference(KIND, (where,), old.layer.kind, new.layer.kind, work)
        return
    widened = now._replace(inputs=goal.inputs, outputs=goal.outputs)
    work = old.work
    for topic, product, before, after in (
        (CHANNELS, widened, _channels(now), _channels(goal)),
        (KERNEL, widened._replace(kernel=goal.kernel), _kernel(old.layer), _kernel(new.layer)),
        (POSITIONS, goal, f"{now.positions:,}", f"{goal.positions:,}"),
    ):
        reached = old.work.of(product, instead=now)
        yield _Difference(topic, (where,), before, after, reached - work)
        work = reached
    yield _Difference(PASSES, (where,), "one step", "the other", new.work - work)


def _product(layer: Layer) -> Product | None:
    """The factors of the layer's MACs, if they explain all of them."""
    return layer.product if layer.product and layer.product.macs == layer.macs else None


def _channels(product: Product) -> str:
    return f"{product.inputs:,} × {product.outputs:,}"


def _kernel(layer: Layer) -> str:
    """``4×4`` of ``conv 4×4, …``."""
    return layer.kind.split(",")[0].split()[-1]


def _parameters(ours: Sequence[Layer], theirs: Sequence[Layer]) -> Iterator[_Difference]:
    """Parameters that multiply no matrices."""
    norms = [sum(x.parameters for x in side if x.norm) for side in (ours, theirs)]
    others = [
        sum(x.parameters - (_weights(x) if x.macs else 0) for x in side if not x.norm)
        for side in (ours, theirs)
    ]
    for topic, (before, after) in ((NORM, norms), (OTHERS, others)):
        work = _Work(weights=after - before)
        yield _Difference(topic, (), f"{before:,}", f"{after:,}", work)


def _merged(found: Sequence[_Difference]) -> Iterator[_Difference]:
    """Those that change something, with equal differences of several layers as one."""
    groups: dict[object, _Difference] = {}
    for index, one in enumerate(found):
        if one.work == _Work():
            continue
        key = (one.topic, one.before, one.after) if one.topic.merged else index
        earlier = groups.get(key)
        groups[key] = (
            one._replace(places=earlier.places + one.places, work=earlier.work + one.work)
            if earlier
            else one
        )
    yield from groups.values()
