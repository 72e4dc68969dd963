"""One combined elective waiting list from several organisations' own extracts.

``read_extract`` reads a file as it is, ``merge`` combines extracts, ``link_patients`` finds who is
the same person in any table.
"""

from __future__ import annotations

import typing as _typing
from importlib import import_module as _import_module

from waitlist_merge.loading import loading as _loading

with _loading():
    from waitlist_merge.combined import SurvivorshipRule as SurvivorshipRule
    from waitlist_merge.config import load_config as load_config
    from waitlist_merge.errors import (
        ConfigError as ConfigError,
        ConservationError as ConservationError,
        InputError as InputError,
        MissingExtra as MissingExtra,
        OutputError as OutputError,
        RefusedExtract as RefusedExtract,
        RefusedExtracts as RefusedExtracts,
        WaitlistError as WaitlistError,
    )
    from waitlist_merge.intake import Extract as Extract, read_extract as read_extract
    from waitlist_merge.merge import merge as merge, merge_files as merge_files
    from waitlist_merge.outputs import read_tables as read_tables
    from waitlist_merge.patients import (
        PatientModel as PatientModel,
        explain_missing as explain_missing,
        explain_patients as explain_patients,
        link_patients as link_patients,
        match_patients as match_patients,
    )
    from waitlist_merge.plan import (
        Agreement as Agreement,
        ExtractPlan as ExtractPlan,
        MergeConfig as MergeConfig,
        MergePlan as MergePlan,
        PatientPlan as PatientPlan,
    )
    from waitlist_merge.result import MergeResult as MergeResult
    from waitlist_merge.review.arrivals import Allowed as Allowed

if _typing.TYPE_CHECKING:
    from waitlist_merge.review.register import Register as Register
else:

    def __getattr__(name: str) -> type:
        """The register is loaded when it is first asked for."""
        if name != "Register":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return _import_module("waitlist_merge.review.register").Register


__version__ = "0.1.0"

__all__ = [
    "Agreement",
    "Allowed",
    "ConfigError",
    "ConservationError",
    "Extract",
    "ExtractPlan",
    "InputError",
    "MergeConfig",
    "MergePlan",
    "MergeResult",
    "MissingExtra",
    "OutputError",
    "PatientModel",
    "PatientPlan",
    "RefusedExtract",
    "RefusedExtracts",
    "Register",
    "SurvivorshipRule",
    "WaitlistError",
    "__version__",
    "explain_missing",
    "explain_patients",
    "link_patients",
    "load_config",
    "match_patients",
    "merge",
    "merge_files",
    "read_extract",
    "read_tables",
]
