"""What is done by a grant (授权的使用): files, links, rows, the report at the end, the renewal."""
