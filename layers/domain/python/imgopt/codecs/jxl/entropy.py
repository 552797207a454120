"""Decodes entropy-coded numbers in JPEG XL's headers (ISO/IEC 18181-1, annex C), to find where they end.

What precedes an animation's frames is coded so, and the lengths of frames.
"""

from collections.abc import Callable
from dataclasses import dataclass

from imgopt.codecs.jxl import histograms, prefix_codes
from imgopt.codecs.jxl.low_bits import DAMAGED, Choices, LowBitsReader
from imgopt.errors import InvalidImage

MINIMUM_SYMBOLS: Choices = ((0, 224), (0, 512), (0, 4096), (15, 8))
MINIMUM_LENGTHS: Choices = ((0, 3), (0, 4), (2, 5), (8, 9))
PREFIX_ALPHABET_BITS, LENGTH_ALPHABET_BITS = 15, 8
LONGEST_NUMBER = 32
# The ANS state after the last number.
FINAL_STATE = 0x130000
# Contexts share codes; there are at most this many codes.
MOST_CLUSTERS = 256
LARGEST_DISTANCE = 1 << 20

ReadSymbol = Callable[[int], int]


@dataclass(frozen=True)
class NumberConfig:
    """How a symbol and the bits behind it form a number (C.3.3)."""

    split_exponent: int
    high_bits: int
    low_bits: int

    def read(self, reader: LowBitsReader, symbol: int) -> int:
        split = 1 << self.split_exponent
        if symbol < split:
            return symbol
        kept = self.high_bits + self.low_bits
        count = self.split_exponent - kept + (symbol - split >> kept)
        if count > LONGEST_NUMBER:
            raise InvalidImage(DAMAGED)
        low = symbol & ((1 << self.low_bits) - 1)
        high = symbol >> self.low_bits & ((1 << self.high_bits) - 1) | 1 << self.high_bits
        return (high << count | reader.read(count)) << self.low_bits | low


@dataclass(frozen=True)
class _Repeats:
    """Symbols from `first` on are lengths of repetitions (LZ77, C.2.1)."""

    first: int
    shortest: int
    config: NumberConfig


class NumberStream:
    """A stream of numbers with a number of contexts."""

    def __init__(self, reader: LowBitsReader, contexts: int, *, may_repeat: bool = True) -> None:
        self._done: list[int] = []
        self._copies, self._distance = 0, 1
        self._reader, self._repeats = reader, _read_repeats(reader)
        if self._repeats and not may_repeat:
            raise InvalidImage(DAMAGED)
        contexts += self._repeats is not None
        self._clusters = _read_clusters(reader, contexts) if contexts > 1 else [0]
        count = max(self._clusters) + 1
        by_prefix = reader.read_flag()
        bits = PREFIX_ALPHABET_BITS if by_prefix else reader.read(2) + 5
        self._configs = [_read_config(reader, bits) for _ in range(count)]
        if by_prefix:
            self._read_symbol: ReadSymbol = prefix_codes.read_codes(reader, count).read
            self._state = None
        else:
            self._state = histograms.State(reader, [histograms.read(reader, bits) for _ in range(count)])
            self._read_symbol = self._state.read

    def read(self, context: int) -> int:
        """Returns the next number. Its context depends on the earlier ones."""
        while not self._copies:
            cluster = self._clusters[context]
            symbol = self._read_symbol(cluster)
            if self._repeats is None or symbol < self._repeats.first:
                self._done.append(self._configs[cluster].read(self._reader, symbol))
                return self._done[-1]
            self._begin_copy(self._repeats, symbol)
        self._copies -= 1
        self._done.append(self._done[-self._distance])
        return self._done[-1]

    def finish(self) -> None:
        """Raises InvalidImage where repetitions are left, or the final state is wrong."""
        if self._copies or (self._state and self._state.value != FINAL_STATE):
            raise InvalidImage(DAMAGED)

    def _begin_copy(self, repeats: _Repeats, symbol: int) -> None:
        self._copies = repeats.config.read(self._reader, symbol - repeats.first) + repeats.shortest
        cluster = self._clusters[-1]
        distance = self._configs[cluster].read(self._reader, self._read_symbol(cluster)) + 1
        if not self._done:
            raise InvalidImage(DAMAGED)
        self._distance = min(distance, len(self._done), LARGEST_DISTANCE)


def _read_repeats(reader: LowBitsReader) -> _Repeats | None:
    if not reader.read_flag():
        return None
    first, shortest = reader.read_u32(MINIMUM_SYMBOLS), reader.read_u32(MINIMUM_LENGTHS)
    return _Repeats(first, shortest, _read_config(reader, LENGTH_ALPHABET_BITS))


def _read_config(reader: LowBitsReader, alphabet_bits: int) -> NumberConfig:
    split = reader.read(alphabet_bits.bit_length())
    if split >= alphabet_bits:
        return NumberConfig(split, 0, 0)
    high = reader.read(split.bit_length())
    low = reader.read((split - high).bit_length()) if high <= split else split
    if high + low > split:
        raise InvalidImage(DAMAGED)
    return NumberConfig(split, high, low)


def _read_clusters(reader: LowBitsReader, contexts: int) -> list[int]:
    """Returns the code of each context (C.2.2)."""
    if reader.read_flag():
        bits = reader.read(2)
        return [reader.read(bits) for _ in range(contexts)]
    moves_to_front = reader.read_flag()
    stream = NumberStream(reader, 1, may_repeat=contexts > 2)
    found = [stream.read(0) for _ in range(contexts)]
    stream.finish()
    if max(found) >= MOST_CLUSTERS:
        raise InvalidImage(DAMAGED)
    clusters = _undo_moves(found) if moves_to_front else found
    if max(clusters) >= contexts:  # otherwise some codes would be unused
        raise InvalidImage(DAMAGED)
    return clusters


def _undo_moves(found: list[int]) -> list[int]:
    order = list(range(MOST_CLUSTERS))
    clusters = []
    for at in found:
        order.insert(0, order.pop(at))
        clusters.append(order[0])
    return clusters
