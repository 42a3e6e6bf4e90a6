"""Automatic layout of a flow: layers, few crossings, straight long ways, right angles. Pure; whole pixels in and out.

Layered drawing after Sugiyama, one file a phase: `ranking` (circles broken, layers), `ordering` (crossings), `placing`
(coordinates after Brandes and Köpf), `routing` (ways at right angles, a bus for each branching). Knows nothing of
flows: boxes and lines come in, places and points go out, so that pages and the BPMN export draw the same picture.
"""

from loanloom.engines.flows.layout.arranging import Box, Laid, Line, Placed, Routed, laid_out

__all__ = ["Box", "Laid", "Line", "Placed", "Routed", "laid_out"]
