"""Rotations and mirroring: by EXIF and by the URL, and their effect on gravities."""

from dataclasses import dataclass, replace
from typing import Any

from imgopt.transform.options import Gravity, GravityType, TransformOptions

# Clockwise quarter turns by EXIF's orientation (Exif 3.0, table 7), and the orientations that are mirrored after that.
QUARTERS = {3: 2, 4: 2, 5: 1, 6: 1, 7: 3, 8: 3}
MIRRORED = frozenset({2, 4, 5, 7})
ANGLES = ("d0", "d90", "d180", "d270")
# Gravities before a clockwise quarter turn.
_BEFORE_QUARTER = {
    GravityType.NORTH: GravityType.WEST,
    GravityType.EAST: GravityType.NORTH,
    GravityType.SOUTH: GravityType.EAST,
    GravityType.WEST: GravityType.SOUTH,
    GravityType.NORTH_EAST: GravityType.NORTH_WEST,
    GravityType.SOUTH_EAST: GravityType.NORTH_EAST,
    GravityType.SOUTH_WEST: GravityType.SOUTH_EAST,
    GravityType.NORTH_WEST: GravityType.SOUTH_WEST,
}
_MIRROR = {
    GravityType.EAST: GravityType.WEST,
    GravityType.WEST: GravityType.EAST,
    GravityType.NORTH_EAST: GravityType.NORTH_WEST,
    GravityType.NORTH_WEST: GravityType.NORTH_EAST,
    GravityType.SOUTH_EAST: GravityType.SOUTH_WEST,
    GravityType.SOUTH_WEST: GravityType.SOUTH_EAST,
}
# Their horizontal offset counts to the right from the centre; that of others counts inwards from an edge.
_IN_THE_MIDDLE = frozenset({GravityType.CENTER, GravityType.NORTH, GravityType.SOUTH})


@dataclass(frozen=True)
class Turn:
    """Clockwise quarter turns, then horizontal mirroring, then `requested_quarters` further quarter turns."""

    quarters: int = 0
    mirrors: bool = False
    requested_quarters: int = 0

    @property
    def swaps_sides(self) -> bool:
        return (self.quarters + self.requested_quarters) % 2 == 1

    def apply(self, pixels: Any) -> Any:
        """Applies the turn to a vips image."""
        turned = pixels.rot(ANGLES[self.quarters]) if self.quarters else pixels
        mirrored = turned.fliphor() if self.mirrors else turned
        return mirrored.rot(ANGLES[self.requested_quarters]) if self.requested_quarters else mirrored

    def gravity_before(self, gravity: Gravity) -> Gravity:
        """Returns the gravity in the unrotated image that corresponds to `gravity` in the rotated one."""
        placed = _undo_quarters(gravity, self.requested_quarters)
        return _undo_quarters(_mirror(placed) if self.mirrors else placed, self.quarters)


def turn_for(orientation: int, options: TransformOptions) -> Turn:
    """Returns the turn for EXIF's number, 1 to 8, and the options."""
    seen = orientation if options.auto_rotate else 1
    return Turn(QUARTERS.get(seen, 0), seen in MIRRORED, options.rotate // 90 % 4)


def _undo_quarters(gravity: Gravity, quarters: int) -> Gravity:
    for _ in range(quarters):
        gravity = _undo_quarter(gravity)
    return gravity


def _undo_quarter(gravity: Gravity) -> Gravity:
    """Undoes a quarter turn: the point (x, y) was at (y, 1 - x)."""
    kind, y = gravity.type, gravity.x
    if kind is GravityType.FOCUS_POINT:
        y = 1 - y
    elif kind in _IN_THE_MIDDLE:
        y = -y
    return Gravity(_BEFORE_QUARTER.get(kind, kind), gravity.y, y)


def _mirror(gravity: Gravity) -> Gravity:
    kind, x = gravity.type, gravity.x
    if kind is GravityType.FOCUS_POINT:
        x = 1 - x
    elif kind in _IN_THE_MIDDLE:
        x = -x
    return replace(gravity, type=_MIRROR.get(kind, kind), x=x)
