"""EfficientNet-Lite2 in NumPy, as its authors describe it, without folded layers."""

import numpy
from numpy.lib.stride_tricks import sliding_window_view

# Kernel side, stride and number of the blocks of each stage; numbers are those of B0 times 1.2, but for the ends.
STAGES = ((3, 1, 1), (3, 2, 3), (5, 2, 3), (3, 2, 4), (5, 1, 4), (5, 2, 5), (3, 1, 1))


def classify(tensors, image):
    """Probabilities of an image of shape (3, height, width) by tensors with the names of the published ones."""
    features = relu6(normalize(tensors, "_bn0", convolve(image, tensors["_conv_stem.weight"], 2)))
    number = 0
    for side, stride, count in STAGES:
        for position in range(count):
            features = block(tensors, f"_blocks.{number}", features, side, 1 if position else stride)
            number += 1
    features = relu6(normalize(tensors, "_bn1", convolve(features, tensors["_conv_head.weight"], 1)))
    logits = tensors["_fc.weight"] @ features.mean(axis=(1, 2)) + tensors["_fc.bias"]
    powers = numpy.exp(logits - logits.max())
    return powers / powers.sum()


def block(tensors, name, entry, side, stride):
    features = entry
    if f"{name}._expand_conv.weight" in tensors:
        wide = convolve(features, tensors[f"{name}._expand_conv.weight"], 1)
        features = relu6(normalize(tensors, f"{name}._bn0", wide))
    kernel = tensors[f"{name}._depthwise_conv.weight"]
    assert kernel.shape[2:] == (side, side)
    features = relu6(normalize(tensors, f"{name}._bn1", filter_channels(features, kernel[:, 0], stride)))
    narrow = normalize(tensors, f"{name}._bn2", convolve(features, tensors[f"{name}._project_conv.weight"], 1))
    return narrow + entry if narrow.shape == entry.shape else narrow


def convolve(image, kernel, stride):
    return numpy.einsum("ihwyx,oiyx->ohw", windows(image, kernel.shape[-1], stride), kernel, optimize=True)


def filter_channels(image, kernel, stride):
    return numpy.einsum("chwyx,cyx->chw", windows(image, kernel.shape[-1], stride), kernel)


def windows(image, side, stride):
    """The windows, with zeros around as in SAME of TensorFlow: more of them at the end if the number is odd."""
    margins = []
    for length in image.shape[1:]:
        missing = max((-(-length // stride) - 1) * stride + side - length, 0)
        margins.append((missing // 2, missing - missing // 2))
    padded = numpy.pad(image, ((0, 0), *margins))
    return sliding_window_view(padded, (side, side), axis=(1, 2))[:, ::stride, ::stride]


def normalize(tensors, name, features):
    weight, bias, mean, variance = (
        tensors[f"{name}.{part}"][:, None, None] for part in ("weight", "bias", "running_mean", "running_var")
    )
    return (features - mean) / numpy.sqrt(variance + 1e-3) * weight + bias


def relu6(features):
    return numpy.clip(features, 0, 6)
