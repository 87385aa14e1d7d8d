"""Interface (接口): what programs of other people may ask for, as one table; pages and OpenAPI are read off it."""
