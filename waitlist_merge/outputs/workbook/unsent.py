"""The sheet *Not refreshed*: needs that only lists which did not come have; none where all came."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from waitlist_merge.outputs.workbook.cells import texts, truth
from waitlist_merge.outputs.workbook.page import ID_WIDTH, Column, Look, Page, Tint

UNSENT = "Not refreshed"


def unsent_pages(tables: Mapping[str, pd.DataFrame]) -> list[Page]:
    """The sheet where there is something to tell, in a list; a folder of an older version has none.

    >>> unsent_pages({})
    []
    """
    told = tables.get("not_refreshed", pd.DataFrame())
    if told.empty:
        return []
    rows = told.sort_values("order", ignore_index=True)
    perhaps = texts(rows["perhaps_listed_by"])
    state = np.where(perhaps == "", "not refreshed", "perhaps listed")
    columns = (
        Column("Order", rows["order"], 7, Look.WHOLE),
        Column("State", state, 14, tint=Tint.SOON),
        Column("Last list of", rows["list_date"], 12, Look.DATE),
        Column("NHS number", texts(rows["nhs_number"]), 12),
        Column("Family name", texts(rows["family_name"]), 16),
        Column("Given name", texts(rows["given_name"]), 14),
        Column("Born", rows["birth_date"], 12, Look.DATE),
        Column("Service", texts(rows["treatment_function_code"]), 9),
        Column("Procedure", texts(rows["procedure_code"]), 12),
        Column("Organisations", texts(rows["organisations"]), 14),
        Column("Perhaps listed by", perhaps, 14),
        Column("Hospital numbers", texts(rows["hospital_numbers"]), 30, Look.WRAPPED),
        Column("Clock start", rows["rtt_start_date"], 12, Look.DATE),
        Column("Days waiting", rows["days_waiting"], 8, Look.WHOLE),
        Column("Admission (TCI)", rows["tci_date"], 12, Look.DATE),
        Column("Next appointment", rows["next_appointment_date"], 12, Look.DATE),
        Column("Suspected cancer", np.where(truth(rows["suspected_cancer"]), "yes", ""), 10),
        Column("Priority", texts(rows["priority_code"]), 9),
        Column("Restricted", np.where(truth(rows["restricted"]), "restricted record", ""), 16),
        Column("Need", texts(rows["pathway_id"]), ID_WIDTH),
        Column("Patient", texts(rows["patient_id"]), ID_WIDTH),
    )
    meaning = "Needs that nobody else certainly lists, as they were when last listed"
    return [Page(UNSENT, meaning, columns, len(rows), part=texts(rows["treatment_function_code"]))]
