"""Mirror (同步): carrying the changes to the targets, and proving that the targets agree."""
