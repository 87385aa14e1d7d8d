"""Data at rest: key-encryption keys in a file, data keys in the database wrapped by them, values sealed by those.

Whoever holds the database has no keys, whoever holds the key file has no data. Rotation wraps the data keys
anew and touches no data.
"""

from ckanext.govshare.sealing.ciphers import SealBroken
from ckanext.govshare.sealing.columns import blind_index, open_text, pseudonym_key, seal_text
from ckanext.govshare.sealing.data_keys import DataKey

__all__ = [
    "DataKey",
    "SealBroken",
    "blind_index",
    "open_text",
    "pseudonym_key",
    "seal_text",
]
