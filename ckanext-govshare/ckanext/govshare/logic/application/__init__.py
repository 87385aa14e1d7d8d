"""The application for conditional data (申请): drafts, cases, replies and grants."""
