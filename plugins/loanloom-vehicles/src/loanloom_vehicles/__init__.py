"""Field types for lenders on vehicles."""

from loanloom.plugins import Part, Plugin

from .numbers import NUMBER_PLATE, VIN

plugin = Plugin(
    name="loanloom-vehicles",
    version="0.1.0",
    parts=(Part("field_type", "vin", VIN), Part("field_type", "number_plate", NUMBER_PLATE)),
)

__all__ = ["NUMBER_PLATE", "VIN", "plugin"]
