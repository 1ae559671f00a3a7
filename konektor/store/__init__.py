"""Where documents are kept: one module per feature, and MongoDB nowhere else."""

from konektor.store import (
    accounts,
    audit,
    invitations,
    marks,
    messages,
    receipts,
    sessions,
    sponsors,
    streams,
    wallets,
)

STORES = (accounts, audit, invitations, marks, messages, receipts, sessions, sponsors, streams, wallets)
"""Every module that keeps documents; each declares its INDEXES."""
