"""Mirror (同步): the changes that other sites must follow, and what is told about how far they do."""
