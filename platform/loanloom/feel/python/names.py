"""The names that generated Python code may use: operations, loops, the budget. Nothing else is reachable from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ..limits import MAX_CALL_DEPTH
from ..problems import Fault
from ..running import operations, runtime
from ..running.budget import Budget, NearBudget, added_text
from ..running.values import CONTEXT, Function


def _guard_depth(budget: Budget, body: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        budget.depth += 1
        if budget.depth > MAX_CALL_DEPTH:
            raise Fault("feel.too_deep", "Functions call one another too deeply.", "函数相互调用层数过深。")
        value = body(*arguments)
        budget.depth -= 1
        return value

    return call


GLOBALS: Mapping[str, Any] = {
    "__builtins__": {},
    "_add": CONTEXT.add,
    "_subtract": CONTEXT.subtract,
    "_multiply": CONTEXT.multiply,
    "_divide": CONTEXT.divide,
    "_minus": CONTEXT.minus,
    "_arithmetic": operations.arithmetic,
    "_compare": operations.comparison,
    "_within": operations.within,
    "_negate": operations.negate,
    "_passes": operations.passes,
    "_member": operations.member,
    "_index": operations.at_index,
    "_interval": operations.interval,
    "_half": operations.half_interval,
    "_call": operations.call,
    "_text": added_text,
    "_filtered": runtime.filtered,
    "_for_each": runtime.for_each,
    "_some": runtime.some,
    "_every": runtime.every,
    "_steps": runtime.range_steps,
    "_truth": runtime.truth,
    "_not": runtime.negation,
    "_and": runtime.conjunction,
    "_or": runtime.disjunction,
    "_arranged": runtime.arranged,
    "_Budget": NearBudget,
    "_Function": Function,
    "_is_a": operations.instance_of,
    "_deep": _guard_depth,
    "_nothing": {},
    "_never": object(),
    "_KeyError": KeyError,
    "_Exception": Exception,
    "_Decimal": Decimal,
}
