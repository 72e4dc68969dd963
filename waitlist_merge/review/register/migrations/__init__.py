"""The steps by which a register came to its form of today."""
