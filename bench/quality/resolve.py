"""Which features a sweep is judged by: decided once, said on screen, stored."""

from __future__ import annotations

from bench.errors import QualityError


def resolve_features(
    requested: str, *, device: str, has_labels: bool, stacked: bool = False
) -> tuple[str | None, str]:
    """The extractor to use, and why.

    Args:
        requested: "auto", "off", or the name of an extractor. ``auto`` takes a classifier for
            stacked digits; else Inception on a GPU where its weights are to be had, else a
            classifier of the data set where it has classes, else nothing.
        device: what the runs train on, such as "cpu" or "cuda:0".
        has_labels: the data set has labels of two classes or more.
        stacked: the data set is of stacked digits.

    Returns:
        The extractor's name, or None where quality is not measured; and a sentence for the
        screen.

    Raises:
        QualityError: there is no such extractor, or what was asked for by name is not to be had.
    """
    from bench.quality.features import check_extractor_name
    from bench.quality.inception import WEIGHTS_VARIABLE, inception_weights

    check_extractor_name(requested)
    on_gpu = device.startswith("cuda")
    if requested == "off":
        return None, "Quality is not measured, as asked (features: off)."
    if requested == "inception":
        weights = inception_weights()
        if weights is None:
            raise QualityError(
                "quality features: inception needs weights and there are none: run bench fetch "
                f"inception, name the file in ${WEIGHTS_VARIABLE}, or set features to auto."
            )
        cost = "" if on_gpu else "; without a GPU each evaluation takes minutes"
        return "inception", f"Quality is FID, as asked (Inception weights {weights}){cost}."
    if requested == "classifier":
        if not has_labels:
            raise QualityError(
                "quality features: classifier needs a data set of two classes or more: set "
                "features to inception or off, or sort the images into classes."
            )
        return "classifier", "Quality is FCD, by a classifier of this data set, as asked."
    if requested != "auto":
        return requested, f"Quality is judged by {requested} features, as asked."
    if stacked:
        return "classifier", (
            "Quality is FCD and the number of modes, by a classifier of single digits: "
            "the data set is of stacked digits."
        )
    if on_gpu and (weights := inception_weights()) is not None:
        return "inception", f"Quality is FID: there are a GPU and Inception weights ({weights})."
    lacking = "no Inception weights (bench fetch inception)" if on_gpu else "no GPU for Inception"
    if has_labels:
        return "classifier", f"Quality is FCD, by a classifier of this data set: {lacking}."
    return None, (
        f"Quality is not measured: {lacking}, and no classes to train a classifier on; "
        "set features to inception to have FID all the same."
    )
