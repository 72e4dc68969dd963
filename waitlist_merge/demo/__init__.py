"""A region with truth: invented people, needs and lists in which every duplicate is known.

``generate_region`` makes it, ``write_extracts`` writes each organisation's list in its own shape,
``score`` says how right a merge of it is.
"""

from __future__ import annotations
