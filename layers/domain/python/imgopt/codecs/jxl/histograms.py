"""Decodes histograms and the numbers coded by them (asymmetric numeral systems; ISO/IEC 18181-1, C.2.5 to C.2.6)."""

from dataclasses import dataclass

from imgopt.codecs.jxl.low_bits import DAMAGED, LowBitsReader
from imgopt.errors import InvalidImage

TABLE_BITS = 12
TOTAL = 1 << TABLE_BITS
STATE_BITS, REFILL_BITS = 32, 16
# Prefix codes of the logarithms 0 and up, in the order of reading: the last bit is on the left.
CODES = (
    *("10001", "1011", "1111", "0011", "1001", "0111", "100", "010"),
    *("101", "110", "000", "100001", "0000001", "1000001"),
)
LONGEST_CODE, REPEAT, SHORTEST_REPEAT = 7, 13, 4
LOGARITHM_BY_BITS = {
    bits: (logarithm, len(code))
    for bits in range(1 << LONGEST_CODE)
    for logarithm, code in enumerate(CODES)
    if bits & ((1 << len(code)) - 1) == int(code, 2)
}


@dataclass(frozen=True)
class _Entry:
    """An entry of an alias table: below `cutoff` it is its own symbol, above it `other`, with an offset."""

    cutoff: int
    other: int
    offset: int


@dataclass(frozen=True)
class Histogram:
    counts: list[int]
    entries: list[_Entry]


class State:
    """The state from which symbols are decoded."""

    def __init__(self, reader: LowBitsReader, clusters: list[Histogram]) -> None:
        self._reader, self._clusters = reader, clusters
        self.value = reader.read(STATE_BITS)

    def read(self, cluster: int) -> int:
        """Returns the next symbol."""
        histogram, at = self._clusters[cluster], self.value & (TOTAL - 1)
        size = TOTAL // len(histogram.entries)
        symbol, position = divmod(at, size)
        entry = histogram.entries[symbol]
        if position >= entry.cutoff:
            symbol, position = entry.other, entry.offset + position
        self.value = histogram.counts[symbol] * (self.value >> TABLE_BITS) + position
        if self.value < 1 << REFILL_BITS:
            self.value = self.value << REFILL_BITS | self._reader.read(REFILL_BITS)
        return symbol


def read(reader: LowBitsReader, alphabet_bits: int) -> Histogram:
    """Parses a histogram. Raises InvalidImage where counts don't add up, or there are too many symbols."""
    counts = _read_counts(reader)
    size = 1 << alphabet_bits
    if any(counts[size:]) or sum(counts) != TOTAL or min(counts) < 0:
        raise InvalidImage(DAMAGED)
    counts = (counts + [0] * size)[:size]
    return Histogram(counts, _build_entries(counts))


def _read_counts(reader: LowBitsReader) -> list[int]:
    if reader.read_flag():
        return _read_one_or_two(reader)
    if reader.read_flag():
        return _share_evenly(_read_byte(reader) + 1)
    return _read_all(reader)


def _read_one_or_two(reader: LowBitsReader) -> list[int]:
    symbols = [_read_byte(reader) for _ in range(reader.read(1) + 1)]
    counts = [0] * (max(symbols) + 1)
    if len(symbols) == 1:
        counts[symbols[0]] = TOTAL
    else:
        counts[symbols[0]] = reader.read(TABLE_BITS)
        counts[symbols[1]] = TOTAL - counts[symbols[0]]
    return counts


def _share_evenly(count: int) -> list[int]:
    share, left = divmod(TOTAL, count)
    return [share + (at < left) for at in range(count)]


def _read_byte(reader: LowBitsReader) -> int:
    """Returns 0 to 255, coded in 1 to 11 bits."""
    if not reader.read_flag():
        return 0
    count = reader.read(3)
    return reader.read(count) + (1 << count)


def _read_all(reader: LowBitsReader) -> list[int]:
    logarithm = next((at for at in range(3) if not reader.read_flag()), 3)
    shift = (reader.read(logarithm) | 1 << logarithm) - 1
    if shift > TABLE_BITS + 1:
        raise InvalidImage(DAMAGED)
    return _read_by_logarithms(reader, shift, _read_logarithms(reader, _read_byte(reader) + 3))


def _read_logarithms(reader: LowBitsReader, length: int) -> list[tuple[int, int]]:
    """Returns (logarithm, number of counts). A run longer than 1 has `REPEAT`, which repeats the previous count."""
    found: list[tuple[int, int]] = []
    left = length
    while left > 0:
        logarithm, bits = LOGARITHM_BY_BITS[reader.peek(LONGEST_CODE)]
        reader.skip(bits)
        number = _read_byte(reader) + SHORTEST_REPEAT if logarithm == REPEAT else 1
        found.append((logarithm, min(number, left)))
        left -= number
    return found


def _read_by_logarithms(reader: LowBitsReader, shift: int, logarithms: list[tuple[int, int]]) -> list[int]:
    """Returns the counts. The first with the largest logarithm gets what the others leave."""
    largest = max((logarithm for logarithm, _ in logarithms if logarithm != REPEAT), default=0)
    counts: list[int] = []
    rest = None
    for logarithm, number in logarithms:
        if logarithm == REPEAT:
            counts += counts[-1:] * number if counts else [0] * number
        elif logarithm == largest and rest is None:
            rest = len(counts)
            counts.append(0)
        else:
            counts.append(_read_count(reader, logarithm, shift))
    counts[rest or 0] += TOTAL - sum(counts)
    if counts[rest or 0] <= 0:
        raise InvalidImage(DAMAGED)
    return counts


def _read_count(reader: LowBitsReader, logarithm: int, shift: int) -> int:
    """Returns a count. It has one bit less than its logarithm; of large counts only the highest bits are coded."""
    if logarithm < 2:
        return logarithm
    bits = logarithm - 1
    stored_bits = max(0, min(bits, shift - (TABLE_BITS - bits >> 1)))
    return (1 << bits) + (reader.read(stored_bits) << bits - stored_bits)


def _build_entries(counts: list[int]) -> list[_Entry]:
    """Fills entries of rare symbols up with frequent ones (C.2.6)."""
    share = TOTAL // len(counts)
    if TOTAL in counts:
        only = counts.index(TOTAL)
        return [_Entry(0, only, share * at) for at in range(len(counts))]
    left, others, offsets = [*counts], [*range(len(counts))], [0] * len(counts)
    poor = [at for at, count in enumerate(counts) if count < share]
    rich = [at for at, count in enumerate(counts) if count > share]
    while rich:
        giver, taker = rich[-1], poor.pop()
        left[giver] -= share - left[taker]
        others[taker], offsets[taker] = giver, left[giver]
        if left[giver] <= share:
            rich.pop()
        if left[giver] < share:
            poor.append(giver)
    # A full entry has no second symbol.
    return [
        _Entry(0, at, 0) if count == share else _Entry(count, other, offset - count)
        for at, (count, other, offset) in enumerate(zip(left, others, offsets, strict=True))
    ]
