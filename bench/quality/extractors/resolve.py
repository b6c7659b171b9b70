"""Which features score a sweep: decided once, shown on screen, stored."""

from __future__ import annotations

from bench.errors import QualityError


def resolve_features(
    requested: str, *, device: str, has_labels: bool, stacked: bool = False
) -> tuple[str | None, str]:
    """The extractor to use, and why.

    Args:
        requested: "auto", "off", or the name of an extractor. ``auto`` selects a classifier for
            stacked digits; else Inception on a GPU if its weights are available, else a
            classifier of the data set if it has classes, else nothing.
        device: what the runs train on, such as "cpu" or "cuda:0".
        has_labels: the data set has labels of two or more classes.
        stacked: the data set consists of stacked digits.

    Returns:
        The extractor's name, or None where quality is not measured; and a sentence for the
        screen.

    Raises:
        QualityError: there is no such extractor, or the requested one is not available.
    """
    from bench.quality.extractors.inception import WEIGHTS_VARIABLE, inception_weights
    from bench.quality.extractors.registry import check_extractor_name

    check_extractor_name(requested)
    on_gpu = device.startswith("cuda")
    if requested == "off":
        return None, "Quality is not measured, as requested (features: off)."
    if requested == "inception":
        weights = inception_weights()
        if weights is None:
            raise QualityError(
                "quality features: inception needs weights and there are none: run bench fetch "
                f"inception, set ${WEIGHTS_VARIABLE} to their path, or set features to auto."
            )
        cost = "" if on_gpu else "; without a GPU each evaluation takes minutes"
        return (
            "inception",
            f"Quality metric: FID, as requested (Inception weights {weights}){cost}.",
        )
    if requested == "classifier":
        if not has_labels:
            raise QualityError(
                "quality features: classifier needs a data set of two or more classes: set "
                "features to inception or off, or sort the images into classes."
            )
        return "classifier", "Quality metric: FCD, by a classifier of this data set, as requested."
    if requested != "auto":
        return requested, f"Quality is measured with {requested} features, as requested."
    if stacked:
        return "classifier", (
            "Quality metrics: FCD and the number of modes, by a classifier of single digits, "
            "since the data set consists of stacked digits."
        )
    if on_gpu and (weights := inception_weights()) is not None:
        return "inception", f"Quality metric: FID, with a GPU and Inception weights ({weights})."
    missing = "no Inception weights (bench fetch inception)" if on_gpu else "no GPU for Inception"
    if has_labels:
        return "classifier", f"Quality metric: FCD, by a classifier of this data set: {missing}."
    return None, (
        f"Quality is not measured: {missing}, and no classes to train a classifier on; "
        "set features to inception to measure FID anyway."
    )
