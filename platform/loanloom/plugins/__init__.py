"""The seam for code from outside: typed slots, plugins that fill them, and the loader. Holds no built-in part itself.

The built-in parts (services/running/builtin.py) go through the same slots; services/running/plugged.py joins both.
"""

from .loader import Loaded, PluginFault, load
from .plugin import API_VERSION, Part, Plugin
from .slots import SLOTS, Asked, CallFailed, Connector, DeliveryFailed, NodeAction, Outgoing, Slot, Work

__all__ = [
    "API_VERSION",
    "SLOTS",
    "Asked",
    "CallFailed",
    "Connector",
    "DeliveryFailed",
    "Loaded",
    "NodeAction",
    "Outgoing",
    "Part",
    "Plugin",
    "PluginFault",
    "Slot",
    "Work",
    "load",
]
