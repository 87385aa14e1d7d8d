"""Delegation (委托代行): made and revoked by heads, listed for who must know."""
